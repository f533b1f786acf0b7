"""`make schema`: the config's models as JSON schema, for editors that complete and check by it."""

import json
from pathlib import Path

from convstudy.config.schema.whole import Config
from convstudy.files import write_text

OUTPUT = Path(__file__).parents[1] / "schemas/config.schema.json"


def text() -> str:
    """The schema; a file may leave out what the catalogue or another file gives."""
    schema = Config.model_json_schema()
    del schema["required"]
    return json.dumps(schema, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    write_text(OUTPUT, text())
