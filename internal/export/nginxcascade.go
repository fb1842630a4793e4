package export

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"devgate/internal/routes"
)

// step is one that a cascade asks: a backend, or the static folder.
type step struct {
	name    string
	backend *Backend // nil: the folder
}

// steps are all of them in the order of asking; the last is for nobody.
func (m *Model) steps() (all []step) {
	folder := m.servesFolder()
	for _, b := range m.chain() {
		if b.Fallback && folder {
			all, folder = append(all, step{name: routes.Static}), false
		}
		all = append(all, step{b.Name, b})
	}
	if folder {
		all = append(all, step{name: routes.Static})
	}
	return all
}

// nginxNext are maps that say who is the first to be asked for a path from a step
// on; only where some are asked for their own paths alone.
func nginxNext(b *strings.Builder, m *Model) {
	all := m.steps()
	for i := range len(all) + 1 {
		if nginxFixed(all[i:]) {
			continue
		}
		fmt.Fprintf(b, "map $devgate_path $devgate_from%d {\n", i)
		last := "@devgate_nobody"
		for _, s := range all[i:] {
			if s.backend == nil || len(s.backend.Patterns) == 0 {
				last = "@devgate_" + s.name
				break
			}
			for _, p := range s.backend.Patterns {
				fmt.Fprintf(b, "\t%s %s;\n", nginxQuote("~"+expression(p, "")), nginxQuote("@devgate_"+s.name))
			}
		}
		fmt.Fprintf(b, "\tdefault %s;\n}\n", nginxQuote(last))
	}
}

// nginxFixed reports whether the first of these steps is asked for every path.
func nginxFixed(steps []step) bool {
	return len(steps) == 0 || steps[0].backend == nil || len(steps[0].backend.Patterns) == 0
}

// nginxFrom is the location that a request goes to from a step on.
func nginxFrom(all []step, i int) string {
	switch {
	case i == len(all):
		return "@devgate_nobody"
	case nginxFixed(all[i:]):
		return "@devgate_" + all[i].name
	}
	return "$devgate_from" + strconv.Itoa(i)
}

// nginxCascade are locations that lead from one to the next. The last answer of a
// backend is the client's; so is any answer of a final one.
func nginxCascade(b *strings.Builder, m *Model) {
	all := m.steps()
	fmt.Fprintf(b, "\tlocation / { try_files /.none/.none %s; }\n", nginxFrom(all, 0))
	for i, s := range all {
		next := nginxFrom(all, i+1)
		if s.backend == nil {
			if i == len(all)-1 {
				next = "=404"
			}
			nginxFolder(b, m.Static, next)
			continue
		}
		nginxLocation(b, s.backend, "@devgate_"+s.name, nginxIntercept(s.backend, next, i == len(all)-1))
	}
	b.WriteString("\tlocation @devgate_nobody { return 404; }\n")
}

func nginxIntercept(b *Backend, next string, last bool) string {
	statuses := b.Fallthrough
	if b.Optional {
		statuses = append(slices.Clone(statuses), 502, 504) // it is down
	}
	if b.Final || last || len(statuses) == 0 {
		return ""
	}
	texts := make([]string, len(statuses))
	for i, s := range statuses {
		texts[i] = strconv.Itoa(s)
	}
	return " proxy_intercept_errors on; error_page " + strings.Join(texts, " ") + " = " + next + ";"
}
