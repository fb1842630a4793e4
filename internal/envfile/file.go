package envfile

import "strings"

// File is what an env file says, in its order. The zero value says nothing.
type File struct {
	variables []variable
}

// variable is one assignment.
type variable struct {
	name  string
	value value
}

// Apply sets the variables of the file in env, one after the other: each
// ${NAME} in a value becomes what NAME is in env by then, and stays as it is
// written where NAME is not set. Of a name that is written twice the later wins.
func (f *File) Apply(env map[string]string) {
	for _, v := range f.variables {
		env[v.name] = v.value.in(env)
	}
}

// value is a text with references to other variables.
type value []part

// part is text as it is or, with a name, a reference: then text is how it is
// written.
type part struct{ text, name string }

func (v value) in(env map[string]string) string {
	var b strings.Builder
	for _, p := range v {
		known, ok := env[p.name]
		if !ok || p.name == "" {
			known = p.text
		}
		b.WriteString(known)
	}
	return b.String()
}
