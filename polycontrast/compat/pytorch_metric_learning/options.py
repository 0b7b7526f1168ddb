"""Options that all losses of pytorch-metric-learning have."""

from polycontrast.compat.arguments import one_of, refuse

REFUSED = "`reducer`, regularizers, `indices_tuple`, `ref_emb`"
COSINE, DOT, EUCLIDEAN = "CosineSimilarity", "DotProductSimilarity", "LpDistance"
ABOVE = "mean over rows whose loss is above 0"


def normalized(name, distance, known, powers=(1,)):
    """Whether the distance scales rows to unit length; other distances are refused."""
    if distance is None:
        return True
    one_of(name, "distance", distance, dict.fromkeys(known))
    p, power = getattr(distance, "p", 2), getattr(distance, "power", 1)
    if p != 2 or power not in powers:
        wanted = f"p=2 and power in {powers}"
        raise ValueError(f"{name}: distance must have {wanted}; got p={p}, power={power}")
    return bool(getattr(distance, "normalize_embeddings", True))


def plain(name, options):
    """Refuse the keyword arguments that all losses of the package have."""
    options.pop("collect_stats", None)
    unknown = set(options) - {"reducer", "embedding_regularizer", "weight_regularizer"}
    if unknown:
        raise TypeError(f"{name}: unknown arguments {', '.join(sorted(unknown))}")
    refuse(name, 'call the objective with reduction="none" and reduce its losses', **options)


def labels_alone(loss, embeddings, labels, indices_tuple, ref_emb, ref_labels):
    """Labels on the device of the embeddings; pairs that are given otherwise are refused."""
    name, advice = type(loss).__name__, "all pairs of the batch are used, as labels give them"
    given = {"indices_tuple": indices_tuple, "ref_emb": ref_emb, "ref_labels": ref_labels}
    refuse(name, advice, **given)
    if labels is None:
        raise ValueError(f"{name}: labels must be given; got None")
    return labels.to(embeddings.device)


def several(labels):
    """Whether there is more than one class: otherwise these losses are 0."""
    return bool((labels != labels[:1]).any())
