"""The Trainer of transformers with the activations of 16 samples at a time."""

from hf_trainer_training import TwoTowers, args, data
from transformers import Trainer

from polycontrast.torch import chunked_loss


# start
class ChunkedTrainer(Trainer):
    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        towers = self.accelerator.unwrap_model(model)
        batches = [inputs["image"], inputs["text"]]
        encoders = [towers.image, towers.text]
        loss = chunked_loss(towers.loss, encoders, batches, chunk_size=16)
        return (loss, {}) if return_outputs else loss


trainer = ChunkedTrainer(model=TwoTowers(), args=args, train_dataset=data)
trainer.train()
# end
losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
