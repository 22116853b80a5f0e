"""The store of contests in a database: SQLite for one machine, PostgreSQL for a company."""
