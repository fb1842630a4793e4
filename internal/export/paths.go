package export

import (
	"fmt"
	"strings"
)

// writePaths writes what the Devgatefile has to say for the cascade to be the
// table. Whoever pastes it sees a wrong guess at once, while it costs nothing.
func writePaths(m *Model) (string, error) {
	var b strings.Builder
	b.WriteString(commented("#", m.head("paths", nil)))
	if len(m.Plan.Lines) == 0 {
		b.WriteString("# nothing to add: what the Devgatefile declares is all that was seen\n")
		return b.String(), nil
	}
	b.WriteString("# put these lines into the tables of the same names in the Devgatefile\n")
	if m.Plan.Order != nil {
		quoted := make([]string, len(m.Plan.Order))
		for i, name := range m.Plan.Order {
			quoted[i] = tomlQuote(name)
		}
		fmt.Fprintf(&b, "\n# above the first table: %s gets all that no path is for, so it is asked last\norder = [%s]\n", m.Default, strings.Join(quoted, ", "))
	}
	for _, line := range m.Plan.Lines {
		fmt.Fprintf(&b, "\n[%s]\n", line.Backend)
		for i := range line.Routes {
			fmt.Fprintf(&b, "# %s\n", routeText(&line.Routes[i]))
		}
		quoted := make([]string, len(line.Paths))
		for i, p := range line.Paths {
			quoted[i] = tomlQuote(p)
		}
		fmt.Fprintf(&b, "paths = [%s]\n", strings.Join(quoted, ", "))
		if line.Final {
			b.WriteString("final = true\n")
		} else {
			fmt.Fprintf(&b, "# not final, as %s\n", plainText(line.Open))
		}
	}
	return b.String(), nil
}
