package procfile

// orList are the forms of a list whose single item may stand alone.
func orList(item Form) []Form {
	return []Form{item, {Shape: List, Items: []Form{item}}}
}

// files are the names of files. Whether they exist is not for a parser to say.
func files() valueType[[]string] {
	return textList("file or list", "a file name", Form{Shape: Text, Pattern: filled, What: "file"})
}

// services are the names of other services. Whether they exist shows once all are known.
func services() valueType[[]string] {
	return textList("list of services", "the name of a service", Form{Shape: Text, Pattern: filled, What: "service"})
}

// textList is a list of texts, or one of them. Each gets looked at by check, if
// there is any.
func textList(label, what string, item Form, check ...func(*reader, *node, string)) valueType[[]string] {
	return valueType[[]string]{
		Type: Type{label, orList(item)},
		read: func(r *reader, n *node, _ []string) []string {
			items := r.items(n, what)
			for _, item := range items {
				for _, look := range check {
					look(r, item, item.val.(string))
				}
			}
			return texts(items)
		},
	}
}
