"""Masking can be undone by the local user only, and exactly."""

from __future__ import annotations

import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.guard.vault import Vault


def test_one_value_has_one_number() -> None:
    vault = Vault()

    masked = vault.mask_text("a@b.example to c@d.example, again a@b.example")

    assert masked.text == "[EMAIL_1] to [EMAIL_2], again [EMAIL_1]"
    assert (masked.count, masked.kinds, len(vault)) == (3, {"EMAIL": 3}, 2)
    assert vault.unmask("ask [EMAIL_2] or [EMAIL_9]") == "ask c@d.example or [EMAIL_9]"


def test_nested_values() -> None:
    vault = Vault()

    masked, counts = vault.mask({"ip": ["192.0.2.1", "192.0.2.1"], "password": "x"})

    assert masked == {"ip": ["[IP_1]", "[IP_1]"], "password": "[TOKEN_1]"}
    assert counts == {"IP": 2, "TOKEN": 1}


WORDS = st.sampled_from(["a@b.example", "192.0.2.7", "[EMAIL_1]", "[IP_2]", "[TEXT_1]", "user_id=7", "[EMAIL]", "é"])


@given(st.lists(st.lists(WORDS | st.text(max_size=9), max_size=6).map(" ".join), max_size=4))
def test_every_text_comes_back_exactly(texts: list[str]) -> None:
    vault = Vault()

    masked = [vault.mask_text(text).text for text in texts]

    assert [vault.unmask(text) for text in masked] == texts


def test_forgotten_values_stay_masked() -> None:
    vault = Vault()
    text = vault.mask_text("a@b.example").text

    vault.forget()

    assert vault.unmask(text) == "[EMAIL_1]"


def test_a_vault_neither_shows_nor_leaves_its_values() -> None:
    vault = Vault()
    vault.mask_text("a@b.example")

    assert repr(vault) == "<Vault of 1 values>"
    with pytest.raises(TypeError, match="memory"):
        pickle.dumps(vault)
    with pytest.raises(TypeError, match="memory"):
        copy.deepcopy(vault)
