"""The PKDD'99 bank (Berka): real facts of a bank, loaded through the same feeds as any bank's."""
