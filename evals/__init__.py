"""Reference questions, what is measured on them, and the reports of it."""
