"""Two encoders in Lightning, with a learned temperature and the figures of each batch."""

import tempfile
import warnings

import lightning
import torch

import polycontrast as pc
from polycontrast.torch import Learnable, Loss, chunked_loss

torch.manual_seed(0)
images = torch.randn(256, 32)
texts = images @ torch.randn(32, 24) + 0.1 * torch.randn(256, 24)
data = torch.utils.data.TensorDataset(images, texts)
losses = []


class TwoTowers(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.image, self.text = torch.nn.Linear(32, 16), torch.nn.Linear(24, 16)
        self.loss = Loss(
            pc.info_nce, temperature=Learnable(0.07, min=0.01), comm="world", diagnostics=True
        )

    def training_step(self, batch, index):
        value = chunked_loss(self.loss, [self.image, self.text], batch, chunk_size=16)
        self.log_dict({"loss": value.detach(), **self.loss.diagnostics})
        return value

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=1e-2)


class Keep(lightning.Callback):
    """Keeps the logged losses."""

    def on_train_batch_end(self, trainer, *rest):
        losses.append(trainer.callback_metrics["loss"].item())


with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # about worker processes, which 256 rows in memory need not
    trainer = lightning.Trainer(
        max_epochs=10,
        accelerator="cpu",
        logger=False,
        callbacks=[Keep()],
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        default_root_dir=tempfile.mkdtemp(),
    )
    model = TwoTowers()
    trainer.fit(model, torch.utils.data.DataLoader(data, batch_size=64))
metrics = trainer.callback_metrics
