"""Two encoders in the Trainer of transformers, with a learned temperature."""

import tempfile

import torch
from transformers import Trainer, TrainingArguments

import polycontrast as pc
from polycontrast.torch import Learnable, Loss

torch.manual_seed(0)
images = torch.randn(256, 32)
texts = images @ torch.randn(32, 24) + 0.1 * torch.randn(256, 24)
data = [
    {"image": image, "text": text, "labels": k}
    for k, (image, text) in enumerate(zip(images, texts, strict=True))
]
args = TrainingArguments(
    output_dir=tempfile.mkdtemp(),
    per_device_train_batch_size=64,
    num_train_epochs=10,
    learning_rate=1e-2,
    logging_steps=1,
    report_to="none",
    save_strategy="no",
    disable_tqdm=True,
    use_cpu=True,
)


class TwoTowers(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.image, self.text = torch.nn.Linear(32, 16), torch.nn.Linear(24, 16)
        self.loss = Loss(pc.info_nce, temperature=Learnable(0.07, min=0.01), comm="world")

    def forward(self, image, text):
        return {"embeddings": (self.image(image), self.text(text))}


model = TwoTowers()


def contrast(outputs, labels, num_items_in_batch=None):
    return model.loss(*outputs["embeddings"])


trainer = Trainer(model=model, args=args, train_dataset=data, compute_loss_func=contrast)
trainer.train()
losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
