"""Questions with their answers, and how an answer is judged."""
