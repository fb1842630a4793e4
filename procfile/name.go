package procfile

import (
	"slices"
	"strconv"
	"strings"
)

// nameForm is what a service may be named: it becomes a label of a host name, a part
// of a variable and the name of a file.
var nameForm = lazy(nameStart + `*$`)

// nameStart is the form of a name, up to how many characters its last part has.
const nameStart = `^[A-Za-z0-9][A-Za-z0-9_-]`

// maxName is the longest label of a host name, as http://NAME.localhost must work.
const maxName = 63

// NameForm is the form of a service's name.
func NameForm() Form {
	return Form{Shape: Text, Pattern: nameStart + "{0," + strconv.Itoa(maxName-1) + "}$", What: "service"}
}

// ReservedNames are the names that no service can have: they mean something in
// placeholders and variables.
func ReservedNames() []string { return []string{gateway, "devgate"} }

// VariablesType is the type of the table [env].
func VariablesType() Type { return variables().Type }

// serviceName checks the name of a table, as what it becomes: a label of a host
// name, a part of a variable, and a file below .devgate.
func (b *builder) serviceName(n *node) {
	switch {
	case slices.Contains(ReservedNames(), n.key):
		b.fail(n.at, "the name "+quote(n.key)+" is reserved", "choose another name for this service")
	case b.src.windows && isDevice(n.key):
		b.fail(n.at, "the name "+quote(n.key)+" is that of a device on Windows", "no file can be named like it, so this service could have no log: choose another name")
	case !nameForm().MatchString(n.key):
		b.fail(n.at, "bad service name "+quote(n.key), "names begin with a letter or digit and go on with letters, digits, _ and -")
	case len(n.key) > maxName:
		b.fail(n.at, "the service name "+quote(n.key)+" is too long (want at most "+strconv.Itoa(maxName)+" characters)", "")
	}
}

// isDevice reports whether Windows takes a name for a device, in any folder, in any
// case and with any ending: "con", "NUL.txt", "com1". What stands behind a colon there is no
// part of a name, so that one with a colon is no name of a file either.
func isDevice(name string) bool {
	if strings.Contains(name, ":") {
		return true
	}
	name, _, _ = strings.Cut(strings.ToLower(name), ".")
	name = strings.TrimRight(name, " ")
	if n := len(name) - 1; n == 3 && (name[:n] == "com" || name[:n] == "lpt") {
		return name[n] >= '1' && name[n] <= '9'
	}
	return slices.Contains([]string{"con", "nul", "aux", "prn"}, name)
}
