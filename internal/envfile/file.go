package envfile

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
