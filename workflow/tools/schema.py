"""`make schema`: the config's models as JSON schema, for editors that complete and check by it."""

import json
from pathlib import Path
from typing import Any

from convstudy.config.schema.whole import Config
from convstudy.files import write_text

OUTPUT = Path(__file__).parents[1] / "schemas/config.schema.json"


def text() -> str:
    """The schema, a definition per line."""
    found = Config.model_json_schema()
    definitions = found.pop("$defs")
    del found["required"]  # a file may leave out what the catalogue or another file gives
    lines = [f" {json.dumps(name)}: {_line(one)}" for name, one in sorted(definitions.items())]
    return f'{_line(found)[:-1]}, "$defs": {{\n' + ",\n".join(lines) + "\n}}\n"


def _line(schema: dict[str, Any]) -> str:
    return json.dumps(_bare(schema), ensure_ascii=False, sort_keys=True)


def _bare(schema: Any) -> Any:
    """Without the titles that pydantic makes of names; a key named `title` is none."""
    if isinstance(schema, list):
        return [_bare(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _bare(one) for key, one in schema.items() if key != "title" or type(one) is dict}


if __name__ == "__main__":
    write_text(OUTPUT, text())
