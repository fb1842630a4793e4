package tool

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/split"
)

// Tools understands the leaves of one project: it has the tables.
type Tools struct {
	*Kit
	table []*tool
	// Sources meet the same leaf more than once; its service, and what is said of it, is
	// made once.
	made map[*split.Leaf]*Made
}

// New returns the tools for a project.
func New(p *split.Project) *Tools {
	return &Tools{Kit: &Kit{p}, table: slices.Concat(scriptTools(), foreignTools()), made: map[*split.Leaf]*Made{}}
}

// toolOf returns what the tables know of a leaf, or nil.
func (k *Tools) toolOf(l *split.Leaf) *tool {
	for _, t := range k.table {
		if t.isCall(l) {
			return t
		}
	}
	return nil
}

// Understand makes a service of a leaf; nil if it is none that is started. The same
// leaf gives the same service.
func (k *Tools) Understand(l *split.Leaf) *Made {
	made, known := k.made[l]
	if !known {
		made = k.understand(l)
		k.made[l] = made
	}
	return made
}

func (k *Tools) understand(l *split.Leaf) *Made {
	if l.Vague {
		return k.vague(l)
	}
	inner, restarts := k.withoutRestarter(l)
	t := k.toolOf(inner)
	switch {
	case t == nil:
		return k.unknown(inner)
	case t.skip != "":
		k.skip(inner, t)
		return nil
	}
	s := newService(inner)
	s.Kind, s.Port.Number, s.Tool = t.kind, t.port, inner.Tool()
	// Only programs of node_modules fail without an install.
	if inner.Bins && !t.foreign {
		s.Pack = inner.Pack
	}
	t.fit(inner, s)
	// In front of the look, which may know better.
	if restarts != nil {
		s.Watch, s.Ignore, s.Build = restarts.watch, restarts.ignore, found.Text(restarts.build)
	}
	if t.look != nil {
		t.look(k.Kit, inner, s)
	}
	if s.Kind == none {
		return nil
	}
	return s
}

// Task makes a service of what has to run before others.
func (k *Tools) Task(l *split.Leaf) *Made {
	// Several services may wait for the same task.
	if made := k.made[l]; made != nil {
		return made
	}
	made := &Made{Leaf: l, Pack: l.Pack, Service: &found.Service{
		Hint: split.ScriptHint(l.Hint), Dir: l.Place(), Kind: found.Task, Command: found.Text(l.Text()), From: l.File,
	}}
	k.made[l] = made
	return made
}

// variableName is what a shell can export. npm and cross-env let other names through.
var variableName = pattern.New(`^[A-Za-z_][A-Za-z0-9_]*$`)

// newService is a service of which nothing is known but where it was found.
func newService(l *split.Leaf) *Made {
	s := &Made{Leaf: l, Service: &found.Service{Name: l.Name, Hint: l.Hint, Dir: l.Place(), From: l.File}}
	for _, name := range slices.Sorted(maps.Keys(l.Env)) {
		// PORT is devgate's to set; what the project sets it to has been read as the
		// port.
		if name != "PORT" && variableName.MatchString(name) {
			s.Env = append(s.Env, found.Var{Name: name, Value: found.Text(l.Env[name])})
		}
	}
	return s
}

var (
	// endsItself are programs that do something and are done.
	endsItself = pattern.New(`^(?:rimraf|rm|mkdir|cp|mv|echo|eslint|prettier|biome|oxlint|ruff|black|mypy|jest|vitest|mocha|husky|prisma|drizzle-kit|knex|sequelize|alembic|changeset|cspell|stylelint|tsc|lint-staged|npm|pnpm|yarn|bun|cross-env|touch|git|curl|sleep|kill|killall|open|xdg-open)$`)
	// portFlag finds "--port 3000" or "-p 3000" in a text that cannot be taken apart.
	portFlag = pattern.New(`(?:--port[ =]|-p )([0-9]{2,5})\b`)
)

// unknown is a leaf that no table knows. A part of the project's list is started as
// it stands; whether it listens nobody can tell from here, unless its text does.
func (k *Kit) unknown(l *split.Leaf) *Made {
	s := newService(l)
	s.Command = found.Text(l.Text())
	if n, at := l.Flag("--port"); at >= 0 && files.Port(n) != 0 && !l.Line {
		s.Kind, s.Port, s.Guess = found.API, found.Port{Number: files.Port(n), From: l.File}, l.File
		s.Moved = (&tool{}).replaced(l, at)
		return s
	}
	if isWeb(l) {
		return k.vague(l)
	}
	// A part of a list stands there because somebody wants it to run; a lone script may
	// be anything.
	if l.Line || l.Apart && !endsItself.MatchString(l.Tool()) {
		return s
	}
	name := nameOf(l)
	k.Out.Skip(found.Skip{What: name, Where: l.File, Why: "nobody can tell what it starts: " + shortened(cmp.Or(l.Own, l.Text())), Paste: &found.Paste{Name: name, Dir: l.Place(), Command: found.Text(l.Text())}})
	return nil
}

// isWeb reports whether a leaf is a Procfile's line of that name: who writes it means the
// process that gets the requests, at $PORT (Heroku, "The Procfile": process types). In a
// Procfile for a platform, the line may well start what only a build there makes.
func isWeb(l *split.Leaf) bool {
	return l.Line && l.Name == "web" && path.Base(l.File) == "Procfile.dev"
}

// vague is a text that cannot be taken apart: it is started as a whole, with a port
// in $PORT, which is all that can be done.
func (k *Kit) vague(l *split.Leaf) *Made {
	s := newService(l)
	s.Command = found.Text(l.Text())
	// A line of a Procfile that never says PORT is not told one: it may listen nowhere.
	if l.Line && !isWeb(l) && !strings.Contains(l.Flow.Text, "PORT") {
		return s
	}
	s.Kind, s.Moved, s.Guess = found.App, s.Command, l.File
	if m := portFlag.FindStringSubmatch(l.Flow.Text); m != nil {
		s.Port, s.Moved = found.Port{Number: files.Port(m[1]), From: l.File}, ""
	}
	return s
}

// skip tells of a command that is not started.
func (k *Kit) skip(l *split.Leaf, t *tool) {
	s := found.Skip{What: cmp.Or(nameOf(l), l.Tool()), Where: l.File, Why: t.skip}
	if t.paste {
		s.Paste = &found.Paste{Name: s.What, Dir: l.Place(), Command: found.Text(l.Text()), Terminal: t.asks}
	}
	k.Out.Skip(s)
}
