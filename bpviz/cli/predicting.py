"""`bpviz predict`: what a trained network says of new rows."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bpviz.cli.failure import Failure
from bpviz.engine.settings import SettingError
from bpviz.io.importers import IMPORTERS, read_network_file
from bpviz.lab.predictions import check_prediction_file, predict_rows


def predict_arguments(command: argparse.ArgumentParser) -> None:
    known = ", ".join(IMPORTERS)
    command.add_argument(
        "network", metavar="NETWORK", help=f"a network that --export has written: {known}"
    )
    command.add_argument(
        "rows", metavar="ROWS", help="a table (.csv, .tsv, .xlsx, …) with the network's columns"
    )
    command.add_argument(
        "out", metavar="OUT", help="the .csv or .tsv file to write: the rows and what is predicted"
    )


def predict(options: argparse.Namespace) -> int:
    out = check_prediction_file(options.out)
    if not out.parent.is_dir():
        raise SettingError("there is no such folder", str(out.parent))
    if out.exists() and out.samefile(options.rows):
        raise SettingError("is the table itself; choose another file to write", options.out)
    predictions = predict_rows(read_network_file(Path(options.network)), options.rows)
    for report in predictions.reports:
        print(f"bpviz: {report}", file=sys.stderr)
    try:
        predictions.write(out)
    except SettingError as error:
        raise Failure(str(error)) from None
    print(f"wrote {out}", file=sys.stderr)
    return 0
