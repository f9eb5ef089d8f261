"""What people see: the terminal, pages, diagrams, documents. Nothing here searches."""
