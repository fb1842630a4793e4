package split

import (
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/files"
)

// composerFile is what matters of a composer.json.
type composerFile struct {
	Scripts map[string]any
	Require map[string]any
	Dev     map[string]any `json:"require-dev"`
}

func (p *Project) readComposer(dir string) (string, composerFile) {
	var v composerFile
	file := path.Join(dir, "composer.json")
	if p.Has(file) {
		p.JSON(file, &v)
	}
	return file, v
}

// ComposerDev returns the flow of the "dev" script of a composer.json.
func (p *Project) ComposerDev(dir string) (Flow, bool) {
	file, c := p.readComposer(dir)
	f := p.In(dir, file, "composer run dev")
	f.Bins = true
	return f, c.Scripts["dev"] != nil
}

// composer splits "composer run dev": its entries run one after the other, so the
// last one that starts something is what it is for.
// Composer takes "@php" and "@composer" for itself and "@name" for another of its
// scripts, and an entry with "::" for a function.
func (p *Project) composer(f Flow, words []string) (launch, bool) {
	file, c := p.readComposer(f.Dir)
	name := words[len(words)-1]
	if len(words) < 2 || c.Scripts[name] == nil || f.passes(file, name) {
		return launch{}, false
	}
	f.File = file
	l := launch{first: true}
	// Backwards, so that the first that leads anywhere is the last of them.
	for _, entry := range slices.Backward(files.Texts(c.Scripts[name])) {
		text, own := strings.CutPrefix(entry, "@")
		switch {
		case own && strings.HasPrefix(text, "php "):
			l.flows = append(l.flows, f.of(text))
		case own:
			l.flows = append(l.flows, f.of("composer run "+strings.TrimPrefix(text, "composer ")))
		case !strings.Contains(entry, `::`): // a function of Composer's
			l.flows = append(l.flows, f.of(entry))
		}
	}
	return l, true
}

// artisan takes "php artisan dev" apart, which has its list in code and is never run.
// What it starts is what Artisan returns.
func (p *Project) artisan(f Flow, words []string) (launch, bool) {
	if len(words) < 3 || words[1] != "artisan" || words[2] != "dev" {
		return launch{}, false
	}
	return launch{flows: p.Artisan(f), apart: true}, true
}

// Artisan returns what Laravel starts for its developers: the server, the queue, the
// log if its program is there, and the assets.
func (p *Project) Artisan(f Flow) []Flow {
	_, c := p.readComposer(f.Dir)
	commands := [][2]string{{"server", "php artisan serve"}, {"queue", "php artisan queue:listen --tries=1"}}
	if c.Require["laravel/pail"] != nil || c.Dev["laravel/pail"] != nil {
		commands = append(commands, [2]string{"logs", "php artisan pail --timeout=0"})
	}
	if f.Pack != nil && f.Pack.Scripts["dev"] != "" {
		commands = append(commands, [2]string{"vite", f.Pack.Manager.Run("dev")})
	}
	var flows []Flow
	for _, command := range commands {
		one := f.of(command[1])
		one.Name = command[0]
		flows = append(flows, one)
	}
	return flows
}
