"""Archives that would fill the memory are refused before they are unpacked, by every reader of archives."""

import zipfile

import pytest

from pwlin import as_network
from pwlin.base.errors import FormatError
from pwlin.networks.importers.archives import check_unpacked


@pytest.mark.parametrize(("size", "fits"), [(1 << 22, True), ((1 << 22) + 1, False)])
def test_a_small_archive_unpacks_to_four_megabytes_at_most(tmp_path, size, fits):
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", bytes(size))
    with zipfile.ZipFile(path) as archive:
        if fits:
            check_unpacked(archive, path)
        else:
            with pytest.raises(FormatError, match=f"unpacks to {size} bytes; accepted are stored weights"):
                check_unpacked(archive, path)
            with pytest.raises(FormatError, match="unpacks to"):
                as_network(path)
