"""The shipped theorems, one page each; a page that defines `PROOF` is found by its being here."""
