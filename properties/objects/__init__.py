"""Sequential objects, a page each in the modelling language: what each operation does to the object, and what it returns."""
