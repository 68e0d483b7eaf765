"""The chat page. Only this package imports Gradio."""
