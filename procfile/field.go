package procfile

// valueType is a Type with its reader. read gets what holds so far, the default or
// what [defaults] says. Where the value is wrong it returns that, or a zero value:
// whatever lets no rule between keys report the same mistake a second time.
type valueType[V any] struct {
	Type
	read  func(r *reader, n *node, old V) V
	write func(V) any // a default as it would be written in a file; nil where none can be
}

// row is one key of the table: what is known of it, and the field of T that it sets.
type row[T any] struct {
	Key   // without Type and Default: see key
	field field[T]
	also  string // what other tools call it, for hints: words between blanks
	hint  string // where Needs is missing
}

// field is how a key sets a field of T.
type field[T any] struct {
	typ      Type
	standard func() any // the default as it would be written; nil where none can be
	read     func(*reader, T, *node)
	reset    func(T)     // sets the default
	get      func(T) any // the value that is set
}

// fieldOf is the field of T that find points to, with its type and its default.
func fieldOf[T, V any](typ valueType[V], standard V, find func(T) *V) field[T] {
	f := field[T]{
		typ:   typ.Type,
		read:  func(r *reader, t T, n *node) { v := find(t); *v = typ.read(r, n, *v) },
		reset: func(t T) { *find(t) = standard },
		get:   func(t T) any { return *find(t) },
	}
	if typ.write != nil {
		f.standard = func() any { return typ.write(standard) }
	}
	return f
}

// rows is a part of the table.
type rows[T any] []row[T]

// in puts the rows into a group.
func (all rows[T]) in(group Group) rows[T] {
	for i := range all {
		all[i].Group = group
	}
	return all
}

// key is the description of the key with what its field knows. A start that reads a
// file needs none of it, so nothing of it is made before it is asked for.
func (r *row[T]) key() Key {
	k := r.Key
	k.Type = r.field.typ
	if r.field.standard != nil {
		k.Default = r.field.standard()
	}
	return k
}

// find returns the row of a key, or nil.
func (all rows[T]) find(name string) *row[T] {
	for i := range all {
		if all[i].Name == name {
			return &all[i]
		}
	}
	return nil
}

// reset sets every default.
func (all rows[T]) reset(t T) {
	for i := range all {
		all[i].field.reset(t)
	}
}

// names lists the keys.
func (all rows[T]) names() []string {
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].Name
	}
	return names
}

// keys are the descriptions.
func (all rows[T]) keys() []Key {
	keys := make([]Key, len(all))
	for i := range all {
		keys[i] = all[i].key()
	}
	return keys
}
