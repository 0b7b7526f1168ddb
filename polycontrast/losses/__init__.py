"""The objectives, one family a folder, one objective (or a few close kin) a file.

Every file in the folders is imported, and what it decorates with `@objective` is registered: to
add a loss is to write its file.
"""

import importlib
import pkgutil

for _module in pkgutil.walk_packages(__path__, prefix=f"{__name__}."):
    importlib.import_module(_module.name)
