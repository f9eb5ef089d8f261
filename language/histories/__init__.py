"""Operations on an abstract object, and what clients saw of it: names for models, and the pages that give them a meaning."""
