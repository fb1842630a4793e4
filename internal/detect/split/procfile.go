package split

import (
	"path"
	"strings"

	"devgate/internal/detect/pattern"
)

// procfileLine finds "web: npm run dev".
// Lines of another form are left out, as foreman leaves them out. (procfile, the package,
// is the one that reads a Procfile to start it; this one only looks.)
var procfileLine = pattern.New(`^([A-Za-z0-9_-]+):\s*(\S.*)$`)

// Procfile returns the flows of the lines of a Procfile.
func (p *Project) Procfile(file string) []Flow { return p.procfile(Flow{}, file) }

func (p *Project) procfile(f Flow, file string) []Flow {
	text, _ := p.Text(file)
	var flows []Flow
	for line := range strings.Lines(text) {
		m := procfileLine.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		one := p.moved(f, path.Dir(file)).of(m[2])
		// One that another list led to would otherwise keep that one's name; node_modules
		// is not on the PATH of a line.
		one.Name, one.File, one.Line, one.Bins = m[1], file, true, false
		flows = append(flows, one)
	}
	return flows
}

// heroku splits "heroku local -f Procfile.dev".
func (p *Project) heroku(f Flow, words []string) (launch, bool) {
	if len(words) < 2 || words[1] != "local" && words[1] != "local:start" {
		return launch{}, false
	}
	return p.foreman(f, words)
}

// foreman splits what "foreman start -f Procfile.dev" and its kin start.
func (p *Project) foreman(f Flow, words []string) (launch, bool) {
	file := p.First(f.Dir, "Procfile.dev", "Procfile")
	for i, word := range words {
		name, value, written := strings.Cut(word, "=")
		// -j is the flag of nf (node-foreman), -f of all others.
		if name != "-f" && name != "-j" && name != "--procfile" {
			continue
		}
		if !written && i+1 < len(words) {
			value = words[i+1]
		}
		file = path.Join(f.Dir, value)
	}
	return launch{flows: p.procfile(f, file), apart: true}, true
}
