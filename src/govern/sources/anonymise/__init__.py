"""Real reviews made anonymous: who is named, what identifies, what still could."""
