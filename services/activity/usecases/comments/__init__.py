"""Comments 协作, in scope of the thing commented."""
