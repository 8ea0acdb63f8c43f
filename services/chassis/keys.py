def data_keys():
    raise RuntimeError
