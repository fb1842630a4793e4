package split

import (
	"path"
	"slices"
	"strings"
)

// shells run a file whose name stands behind them.
var shells = []string{"sh", "bash", "zsh", "dash"}

// shellFile splits "bash scripts/dev.sh" and "./dev.sh". Where the file starts one
// thing, the file stays what starts it: what stands above that in it has its reasons.
func (p *Project) shellFile(f Flow, words []string) (launch, bool) {
	name := words[0]
	if slices.Contains(shells, programName(name)) && len(words) > 1 {
		name = words[1]
	}
	file := path.Join(f.Dir, name)
	if !strings.HasSuffix(name, ".sh") || !p.Has(file) {
		return launch{}, false
	}
	if f.passes(file, path.Base(file)) {
		// A file that starts itself is an endless loop, and no reason for a fault here.
		return launch{}, true // it starts itself
	}
	text, _ := p.Text(file)
	// The leaf that is found says what the file is about; the file is what is run.
	f.through = &through{run: f.Text, dir: f.Dir, env: f.Env}
	f.Text, f.call, f.File, f.inFile = text, nil, file, true
	return launch{flows: []Flow{f}}, true
}
