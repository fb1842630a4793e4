text = "first"
