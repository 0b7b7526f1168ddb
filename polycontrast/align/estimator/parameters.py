"""Parameters of an estimator, by scikit-learn's conventions and without scikit-learn."""

import inspect
from typing import Any, Self

from polycontrast.objective.catalogue.registry import near_matches


class Parameters:
    """Give a class whose ``__init__`` only stores its arguments `get_params` and `set_params`.

    That, with attributes learned in `fit` ending in an underscore, is what
    ``sklearn.base.clone``, pipelines and searches ask of an estimator, beside its tags.
    """

    @classmethod
    def _parameter_names(cls) -> list[str]:
        return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters by name, as they were given; `deep` is there for scikit-learn."""
        return {name: getattr(self, name) for name in self._parameter_names()}

    def set_params(self, **params: Any) -> Self:
        """Change parameters by name and return the estimator."""
        known = self._parameter_names()
        for name in params:
            if name not in known:
                hint = near_matches(name, known)
                raise ValueError(f"{type(self).__name__}: unknown parameter {name!r}{hint}")
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def __sklearn_tags__(self) -> Any:
        """Tags of the estimator; only scikit-learn calls this, so it can be imported here."""
        from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

        return Tags(
            estimator_type=None,
            target_tags=TargetTags(required=False),
            transformer_tags=TransformerTags(),
            input_tags=InputTags(),
        )

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self).__init__).parameters
        changed = [
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if repr(value) != repr(defaults[name].default)
        ]
        return f"{type(self).__name__}({', '.join(changed)})"
