"""The states that the engines search, under the name that the explorer knows them by: `language/state.py` says what they are."""

from quorate.language.state import Budget, Frozen, Global, Parcel, Setting

__all__ = ["Budget", "Frozen", "Global", "Parcel", "Setting"]
