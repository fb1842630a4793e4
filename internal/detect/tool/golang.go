package tool

import (
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"

	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/shell"
	"devgate/internal/detect/split"
)

// maxGoFiles is how many files of one program are looked at.
// It is far above what a program's own packages have, and bounds what generated code can
// cost.
const maxGoFiles = 400

var (
	goMain = pattern.New(`(?m)^package main\b`)
	goFunc = pattern.New(`(?m)^func main\(\)`)
	// goEmbed finds "//go:embed all:dist".
	goEmbed = pattern.New(`(?m)^//go:embed\s+(?:all:)?([\w./-]+)`)
	// goServes finds what makes a program of Go a server of HTTP.
	goServes = pattern.New(`\bListenAndServe\b|pocketbase\.New|http\.Server\{|http\.Serve\(|gin\.(?:Default|New)\(|echo\.New\(|fiber\.New\(|fasthttp\.|chi\.NewRouter\(`)
	goGRPC   = pattern.New(`grpc\.NewServer\(`)
	// goPocketBase finds programs that are PocketBase with more in it.
	goPocketBase = pattern.New(`\bpocketbase\.New`)
	// goSubcommand finds the command of a program of several that serves.
	goSubcommand = pattern.New(`(?:cobra\.Command\{[^}]{0,200}?\bUse:|cli\.Command\{[^}]{0,200}?\bName:)\s*"(serve|server)\b`)
	// goTags finds "go build -tags netgo,sqlite" in a makefile.
	goTags = pattern.New(`go (?:run|build)\b[^\n#]*-tags[ =]"?([\w,]+)`)
)

// GoProgram is a package main of Go, with what it imports from its own module.
type GoProgram struct {
	Module string // folder of its go.mod
	Dir    string
	Serves bool // HTTP
	RPC    bool // gRPC

	texts  []string
	embeds []string // from Module on
}

// GoModule returns the name of the module in a folder; "" if there is none.
func (k *Kit) GoModule(dir string) string {
	file := path.Join(dir, "go.mod")
	text, ok := k.Text(file)
	if !ok {
		return ""
	}
	name := modfile.ModulePath([]byte(text))
	if name == "" {
		k.Reject(file, "no module line")
	}
	return name
}

// GoModuleOf is the folder of the go.mod that a folder belongs to; "" if to none.
func (k *Kit) GoModuleOf(dir string) string {
	for _, at := range split.Upwards(dir) {
		if k.Has(path.Join(at, "go.mod")) {
			return at
		}
	}
	return ""
}

// IsGoMain reports whether a folder holds a program.
func (k *Kit) IsGoMain(dir string) bool { return k.goMainFile(dir) != "" }

// goMainFile is the file with a program's main; "" if the folder holds none.
func (k *Kit) goMainFile(dir string) string {
	for _, name := range k.goFiles(dir) {
		file := path.Join(dir, name)
		if text, _ := k.Text(file); goMain.MatchString(text) && goFunc.MatchString(text) {
			return file
		}
	}
	return ""
}

func (k *Kit) goFiles(dir string) []string {
	return slices.DeleteFunc(slices.Clone(k.Names(dir)), func(name string) bool {
		return !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go")
	})
}

// GoProgram reads a program of a module.
func (k *Kit) GoProgram(module, dir string) *GoProgram {
	p := &GoProgram{Module: module, Dir: dir}
	name := k.GoModule(module)
	// Breadth first: the program's own files are the likeliest to say where it listens,
	// and find returns the first match.
	queue, seen := []string{dir}, map[string]bool{dir: true}
	for len(queue) > 0 && len(p.texts) < maxGoFiles {
		at := queue[0]
		queue = queue[1:]
		for _, file := range k.goFiles(at) {
			text, ok := k.Text(path.Join(at, file))
			// Nobody sets the tag "ignore", so such a file is in no build. Other
			// constraints may hold: those files are read.
			if !ok || strings.HasPrefix(text, "//go:build ignore") {
				continue
			}
			p.texts = append(p.texts, text)
			for _, m := range goEmbed.FindAllStringSubmatch(text, 10) {
				p.embeds = append(p.embeds, path.Join(relative(at, module), m[1]))
			}
			for _, imported := range goImports(text) {
				rest, own := strings.CutPrefix(imported, name+"/")
				if next := path.Join(module, rest); own && !seen[next] {
					seen[next] = true
					queue = append(queue, next)
				}
			}
		}
	}
	p.Serves = p.find(goServes, "Serve", "New", "Default", "Server{", "fasthttp") != nil
	p.RPC = p.find(goGRPC, "grpc.NewServer") != nil
	return p
}

// goImports are the packages that a file imports; what cannot be parsed imports
// nothing.
func goImports(text string) []string {
	file, err := parser.ParseFile(token.NewFileSet(), "", text, parser.ImportsOnly)
	if err != nil {
		return nil
	}
	var all []string
	for _, spec := range file.Imports {
		if name, err := strconv.Unquote(spec.Path.Value); err == nil {
			all = append(all, name)
		}
	}
	return all
}

// find returns the first match in a program. Each of its files is asked only if it
// has one of some words: a large program has a hundred thousand lines.
func (p *GoProgram) find(want *pattern.Pattern, words ...string) []string {
	for _, text := range p.texts {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) }) {
			continue
		}
		if m := want.FindStringSubmatch(text); m != nil {
			return m
		}
	}
	return nil
}

// GoService makes a service of a program. flags are for go build, nil for those that
// the project's makefile has; args are for the program.
func (k *Kit) GoService(p *GoProgram, flags, args []string) *Made {
	s := &Made{Embeds: p.embeds, Service: &found.Service{Dir: p.Module, Kind: found.API, From: path.Join(p.Module, "go.mod")}}
	pkg := "."
	if p.Dir != p.Module {
		// "cmd" says nothing of what it is; the module's name does.
		if s.Program = path.Base(p.Dir); s.Program == "cmd" {
			s.Program = path.Base(k.GoModule(p.Module))
		}
		pkg = "./" + relative(p.Dir, p.Module)
	}
	if p.RPC && !p.Serves {
		s.Kind = found.RPC
	}
	// nil and empty differ: "go run" without flags has been run without any.
	if flags == nil {
		flags = k.goTagFlags(p.Module)
	}
	s.Build = found.Text(strings.Join(slices.Concat([]string{"go build"}, flags, []string{"-o " + found.BinMark, shell.Quote(pkg)}), " "))
	s.Watch = []string{"**/*.go", "go.mod", "go.sum"}
	for _, dir := range p.embeds {
		if k.HasFolder(path.Join(p.Module, dir)) {
			s.Watch = append(s.Watch, dir+"/**")
		}
	}
	if m := p.find(healthRoute, "health", `/up`, "livez"); m != nil {
		s.Ready.Path = m[1]
	}
	for _, text := range p.texts {
		s.Peers = append(s.Peers, peers(text)...)
	}
	if args == nil {
		args = p.subcommand(s)
	}
	k.goPort(p, s, args)
	s.cover(p.Module, Go)
	return s
}

// subcommand is the word without which a program of several commands only prints
// them.
func (p *GoProgram) subcommand(s *Made) []string {
	if p.find(goPocketBase, "pocketbase.New") != nil {
		// The address is the one that PocketBase has anyway. It is written out so that
		// there is something to move.
		return []string{"serve", "--http", "localhost:8090"}
	}
	m := p.find(goSubcommand, "cobra.Command", "cli.Command")
	if m == nil {
		return nil
	}
	s.Guess = s.From
	return m[1:2]
}

// goTagFlags finds the build tags that the project's own commands have.
func (k *Kit) goTagFlags(module string) []string {
	text, _ := k.Text(path.Join(module, "Makefile"))
	if m := goTags.FindStringSubmatch(text); m != nil {
		return []string{"-tags " + m[1]}
	}
	return nil
}
