"""A sentence-transformers model trained with an objective and a learned temperature."""

import tempfile

from sentence_transformers import (
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from tiny_text import sentence_pairs, tiny_model

import polycontrast as pc
from polycontrast.integrations.sentence_transformers import ObjectiveLoss
from polycontrast.torch import Learnable

model, pairs = tiny_model(), sentence_pairs()
args = SentenceTransformerTrainingArguments(
    output_dir=tempfile.mkdtemp(),
    per_device_train_batch_size=32,
    num_train_epochs=10,
    learning_rate=1e-2,
    logging_steps=1,
    report_to="none",
    save_strategy="no",
    disable_tqdm=True,
    use_cpu=True,
)

loss = ObjectiveLoss(
    model,
    pc.multiple_negatives_ranking,
    temperature=Learnable(0.05, min=0.01),
    mini_batch_size=8,
)
trainer = SentenceTransformerTrainer(model=model, args=args, train_dataset=pairs, loss=loss)
trainer.train()

losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
