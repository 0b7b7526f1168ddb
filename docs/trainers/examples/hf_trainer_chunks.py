"""The Trainer of transformers with the activations of 16 samples at a time."""

from hf_trainer_training import TwoTowers, args, data
from transformers import Trainer

from polycontrast.torch import chunked_loss


class ChunkedTowers(TwoTowers):
    def forward(self, image, text, labels=None):
        encoders = [self.image, self.text]
        return {"loss": chunked_loss(self.loss, encoders, [image, text], chunk_size=16)}


model = ChunkedTowers()
trainer = Trainer(model=model, args=args, train_dataset=data)
trainer.train()
losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
