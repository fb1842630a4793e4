package tool

import (
	"cmp"
	"slices"
	"strings"

	"devgate/internal/detect/files"
	"devgate/internal/detect/found"
	"devgate/internal/detect/pattern"
	"devgate/internal/detect/shell"
	"devgate/internal/detect/split"
)

var (
	// goEnv finds os.Getenv("PORT"), a helper's getEnv("PORT", "8080"), and struct tags that
	// libraries read.
	goEnv = pattern.New(`(?i:env\w*)\([^)]*"PORT"|env(?:config)?:"PORT\b`)
	// goFallback finds cmp.Or(os.Getenv("PORT"), "8080"), and the default of such a helper.
	goFallback = pattern.New(`"PORT"\)?\s*,\s*"?:?([0-9]{2,5})\b`)
	// goFlag finds flag.Int("port", 8080, flag.StringVar(&addr, "addr", ":8080", Flags().IntP("port", "p", 8080.
	goFlag = pattern.New(`\.(?:Int|Uint|Uint16|String)(?:Var)?P?\(\s*(?:&?[\w.]+,\s*)?"(port|http-port|addr|listen|address|http)",\s*(?:"\w?",\s*)?(?:"([^"]*)"|([0-9]+)|[^,)]*)`)
	// goViper finds viper.SetDefault("port", 8080).
	goViper = pattern.New(`SetDefault\("(?:port|Port|PORT)",\s*"?:?([0-9]{2,5})"?\)`)
	// goOwn finds getEnv("API_PORT", "8080") and `env:"API_PORT" envDefault:"8080"`.
	goOwn = pattern.New(`(?:(?i:env\w*)\(\s*|env(?:config)?:)"([A-Z][A-Z0-9_]*_PORT)(?:,[^"]*)?"(?:\)?\s*,\s*"?:?([0-9]{2,5})|\s*(?:envDefault|default):"([0-9]{2,5})")?`)
	// goNumber finds port := "8080", and ":8080" alone.
	goNumber = pattern.New(`(\w*?)[pP](?:ort|ORT)\w*\s*:?=\s*"?:?([0-9]{4,5})\b|"(?:localhost|127\.0\.0\.1|0\.0\.0\.0)?:([0-9]{2,5})"`)
)

// goPort finds a program's port, and how it is given another one: by what its
// command says already, by $PORT, by a flag, or not at all.
func (k *Kit) goPort(p *GoProgram, s *Made, args []string) {
	command := strings.Join(append([]string{found.BinMark}, args...), " ")
	s.Command = found.Text(command)
	flag := p.flag()
	number := p.number(flag)
	if given, moved := givenPort(args); given != 0 {
		number, s.Moved = given, found.Text(strings.Join(append([]string{found.BinMark}, moved...), " "))
	} else if p.find(goEnv, `"PORT`) != nil {
		s.Moved = s.Command
	} else if flag != nil {
		value := found.PortMark
		// Flags of the other names take an address, and most programs refuse one without
		// a ":".
		if !strings.HasSuffix(flag[1], "port") {
			value = "localhost:" + value
		}
		s.Moved = found.Text(command + " --" + flag[1] + " " + value)
		s.Command = s.Moved
	} else if name, own := p.ownVariable(); name != "" {
		number, s.Moved = cmp.Or(own, number), s.Command
		s.Env = append(s.Env, found.Var{Name: name, Value: found.PortMark})
	}
	file := cmp.Or(k.goMainFile(p.Dir), p.Dir)
	s.Port = found.Port{Number: cmp.Or(number, k.DotenvPort(p.Module)), From: file}
	if s.Port.Number == 0 && s.Moved == "" {
		s.Port, s.Guess = found.Port{Number: 8080}, file // what most programs have that say nothing
	}
}

// number is the port that a program has by itself: a flag's default, a setting's, or
// one that is written somewhere.
func (p *GoProgram) number(flag []string) int {
	if flag != nil {
		if n := cmp.Or(files.Port(flag[3]), portBehind(flag[2])); n != 0 {
			return n
		}
	}
	if m := p.find(goViper, "SetDefault("); m != nil {
		return files.Port(m[1])
	}
	if m := p.find(goFallback, `"PORT"`); m != nil {
		return files.Port(m[1])
	}
	// Last, and the least sure: the first number that looks like a port. Files are in the
	// order in which they are imported, the program's own first.
	for _, text := range p.texts {
		for _, m := range goNumber.FindAllStringSubmatch(text, 20) {
			if n := files.Port(m[2] + m[3]); n != 0 && n != lastPort && !elsewhere.MatchString(strings.ToUpper(m[1])) {
				return n
			}
		}
	}
	return 0
}

// ownVariable is the variable of the project's own that gives a program its port, and
// what the port is without it; "" if there is none.
func (p *GoProgram) ownVariable() (name string, number int) {
	for _, text := range p.texts {
		if !strings.Contains(text, `_PORT`) {
			continue
		}
		for _, m := range goOwn.FindAllStringSubmatch(text, 20) {
			if !elsewhere.MatchString(m[1]) {
				return m[1], files.Port(m[2] + m[3])
			}
		}
	}
	return "", 0
}

// lastPort is the number that bounds are compared with.
const lastPort = 65535

// portBehind is the port of ":8080" or "localhost:8080".
func portBehind(address string) int {
	return files.Port(address[strings.LastIndexByte(address, ':')+1:])
}

// flag finds the flag that gives a program its port, or else its address.
func (p *GoProgram) flag() []string {
	var address []string
	words := []string{`port"`, `"addr`, `"listen"`, `"http"`}
	for _, text := range p.texts {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) }) {
			continue
		}
		for _, m := range goFlag.FindAllStringSubmatch(text, 50) {
			if strings.HasSuffix(m[1], "port") {
				return m
			}
			if address == nil {
				address = m
			}
		}
	}
	return address
}

// givenPort returns the port among a program's arguments, and these with the mark
// in its place; 0 if there is none.
func givenPort(args []string) (int, []string) {
	// The leaf is one only to have its words read: no text is behind it.
	l := &split.Leaf{Words: []shell.Word{{Text: "program"}}}
	for _, a := range args {
		l.Words = append(l.Words, shell.Word{Text: a})
	}
	value, at := l.Flag("--port", "-port", "-p", "--addr", "-addr", "--listen", "--http")
	number := portBehind(value)
	if at < 0 || number == 0 {
		return 0, nil
	}
	moved := slices.Clone(args)
	digits := value[strings.LastIndexByte(value, ':')+1:]
	i := strings.LastIndex(moved[at-1], digits)
	moved[at-1] = moved[at-1][:i] + found.PortMark + moved[at-1][i+len(digits):]
	return number, moved
}
