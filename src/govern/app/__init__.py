"""One function per verb: the only place where the layers below meet."""
