package tool

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/split"
)

var (
	// rustEnv finds env::var("PORT"), envy and the like.
	rustEnv = pattern.New(`"PORT"`)
	// rustFlag finds #[arg(long, default_value = "8080")] above "port: u16".
	rustFlag = pattern.New(`#\[(?:clap|arg|structopt|command)\([^\]]*\blong\b(?:\s*=\s*"([\w-]+)")?[^\]]*\)\]\s*(?:pub\s+)?(\w*port\w*)\s*:`)
	// rustDefault finds the default of such a flag.
	rustDefault = pattern.New(`default_value(?:_t)?\s*=\s*"?([0-9]{2,5})`)
	// rustAround finds env::var("PORT").unwrap_or("8080".into()).
	rustAround = pattern.New(`"PORT"[^;{}]*?([0-9]{4,5})`)
	// rustNumber finds "0.0.0.0:8080", ([127, 0, 0, 1], 8080), PORT: u16 = 8080, ("127.0.0.1", 8080).
	rustNumber = pattern.New(`"(?:[\d.]+|localhost|\[::1?\]):([0-9]{2,5})"|\], ([0-9]{4,5})\)|(?i:port)\w*(?::\s*u16)?\s*=\s*([0-9]{4,5})\b|\(\(?"[\d.]+", ([0-9]{4,5})\)`)
)

// rustPort finds a program's port, and how it is given another one: by what its
// command says already, by a flag, by a variable, or not at all.
func (k *Kit) rustPort(s *Made, c *Crate, program, text string, args []string) {
	command := strings.Join(append([]string{program}, args...), " ")
	s.Command = found.Text(command)
	number := numberInRust(text)
	flag := rustFlag.FindStringSubmatch(text)
	// What the command says is surest. A flag is next, as a program that has one ignores
	// variables more often than not.
	if given, moved := givenPort(args); given != 0 {
		number, s.Moved = given, found.Text(strings.Join(append([]string{program}, moved...), " "))
	} else if flag != nil {
		if m := rustDefault.FindStringSubmatch(flag[0]); m != nil {
			number = files.Port(m[1])
		}
		s.Moved = found.Text(command + " --" + cmp.Or(flag[1], strings.ReplaceAll(flag[2], "_", "-")) + " " + found.PortMark)
		s.Command = s.Moved
	} else if c.deps["rocket"] != nil {
		// Rocket's configuration reads ROCKET_PORT, and has 8000 where nothing is said.
		number, s.Moved = cmp.Or(number, 8000), s.Command
		s.Env = append(s.Env, found.Var{Name: "ROCKET_PORT", Value: found.PortMark})
	} else if rustEnv.MatchString(text) {
		if m := rustAround.FindStringSubmatch(text); m != nil {
			number = files.Port(m[1])
		}
		s.Moved = s.Command
	}
	s.Port = found.Port{Number: number, From: path.Join(c.Dir, "src")}
	if number == 0 && s.Moved == "" {
		s.Port, s.Guess = found.Port{Number: 8080}, path.Join(c.Dir, "Cargo.toml")
	}
}

func numberInRust(text string) int {
	if m := rustNumber.FindStringSubmatch(text); m != nil {
		return files.Port(strings.Join(m[1:], ""))
	}
	return 0
}

// lookCargoRun makes "cargo run -- --port 1" a build and a start.
func (k *Kit) lookCargoRun(l *split.Leaf, s *Made) {
	var args []string
	if i := slices.Index(l.Texts(), "--"); i >= 0 {
		for j := range l.Words[i+1:] {
			args = append(args, l.Raw(l.Words[i+1+j:i+2+j]))
		}
	}
	s.cover(l.Dir, Rust)
	c := k.Crate(l.Dir)
	// These say what is built, and from where: a build of devgate's own would be another
	// program.
	if c == nil || !c.IsServer() || !l.IsAlone() || l.HasFlag("--release", "--features", "--example", "--package", "-p", "--manifest-path") {
		k.rustAsItIs(l, s, args)
		return
	}
	if bin, at := l.Flag("--bin"); at >= 0 {
		c.preferred = bin
	}
	if made := k.CrateService(c, args); made != nil {
		s.become(made)
	} else {
		k.rustAsItIs(l, s, args)
	}
}

// rustAsItIs leaves the command to cargo.
func (k *Kit) rustAsItIs(l *split.Leaf, s *Made, args []string) {
	s.Command = found.Text(l.Text())
	text := k.textBelow(path.Join(l.Dir, "src"), ".rs")
	given, _ := givenPort(args)
	s.Port = found.Port{Number: cmp.Or(given, numberInRust(text)), From: l.File}
	switch {
	case rustEnv.MatchString(text):
		s.Moved = s.Command
	case s.Port.Number == 0:
		s.worker(l)
	}
}

// lookLeptos: cargo leptos is told its address by a variable.
// The variable is the one of Leptos' own configuration, and wins over site-addr.
func (k *Kit) lookLeptos(l *split.Leaf, s *Made) {
	c := k.Crate(l.Dir)
	if c == nil {
		return
	}
	if n := portBehind(files.TextAt(c.leptos, "site-addr")); n != 0 {
		s.Port = found.Port{Number: n, From: path.Join(l.Dir, "Cargo.toml")}
	}
	if n := files.PortAt(c.leptos, "reload-port"); n != 0 {
		s.Also = append(s.Also, n)
	}
	s.Kind, s.Moved = found.Site, s.Command
	s.Env = append(s.Env, found.Var{Name: "LEPTOS_SITE_ADDR", Value: "127.0.0.1:" + found.PortMark})
	s.cover(l.Dir, Rust)
}

// lookTrunk reads Trunk.toml: the port, and its proxies. A row's backend has the
// path in its address.
// Without a "rewrite" Trunk answers on the path of the backend's address.
func (k *Kit) lookTrunk(l *split.Leaf, s *Made) {
	s.cover(l.Dir, Rust)
	file := path.Join(l.Dir, "Trunk.toml")
	if !k.Has(file) {
		return
	}
	v, _ := k.TOML(file)
	if n := files.PortAt(v, "serve", "port"); n != 0 && s.Port.From == "" {
		s.Port = found.Port{Number: n, From: file}
	}
	rows, _ := files.At(v, "proxy").([]map[string]any)
	for _, row := range rows {
		backend, rewrite := files.TextAt(row, "backend"), files.TextAt(row, "rewrite")
		r := found.Route{File: file, By: s.Service, Form: found.Prefix}
		r.Target.Port, r.Target.Host, r.Target.Remote = Address(backend)
		_, behind, _ := strings.Cut(backend, "://")
		_, rest, _ := strings.Cut(behind, "/")
		r.Path = cmp.Or(rewrite, "/"+rest)
		r.Rewrite = rewrite != "" && rewrite != "/"+rest
		k.Out.AddRoute(r)
	}
}
