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
	// serves finds what makes a program a server of HTTP.
	serves = pattern.New(`\.listen\(|createServer\(|Bun\.serve\(|Deno\.serve\(|\bserve\(|new Hono\b|new Elysia\b|startStandaloneServer\(|fastify\(`)
	// grpcs finds servers of @grpc/grpc-js.
	grpcs = pattern.New(`bindAsync\(|new grpc\.Server\(`)
	// ownPages finds servers that make pages, with a front end within them.
	ownPages = pattern.New(`middlewareMode|createRequestHandler|view engine|next\(\{`)
	// peerVariable is found where programs are told by their platform where others are.
	peerVariable = pattern.New(`\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_SERVICE_(?:ADDR|URL)\b`)
	// healthRoute finds app.get("/healthz", http.HandleFunc("GET /healthz".
	healthRoute = pattern.New("\\b(?:get|Get|GET|use|all|route|HandleFunc|Handle|MapGet|head|path|re_path)\\(\\s*['\"`](?:GET )?(/healthz|/health|/up|/livez|/api/health|/actuator/health)/?['\"`]")
)

// serverPackages are what servers depend on that are not there to be read.
var serverPackages = []string{"express", "fastify", "koa", "hono", "@hapi/hapi", "@nestjs/core", "polka", "h3"}

// lookRuntime reads the program that node, bun or tsx runs.
// The order of the cases counts: a program may have a server of gRPC and one of HTTP for
// its health, and is one of gRPC then.
func (k *Kit) lookRuntime(l *split.Leaf, s *Made) {
	s.Pack = l.Pack
	entry := k.entryOf(l)
	if entry == "" {
		k.unreadEntry(l, s)
		return
	}
	p := k.program(entry)
	text := p.text()
	// Bun serves a module whose default export has a fetch function without any call.
	byBun := l.Tool() == "bun" && strings.Contains(p[0].text, "export default")
	switch {
	case grpcs.MatchString(text):
		s.Kind = found.RPC
	case ownPages.MatchString(text):
		s.Kind = found.Site
	case !serves.MatchString(text) && !byBun:
		s.worker(l)
		return
	}
	k.codePort(l, s, p)
	if byBun && s.Port.Number == 0 { // what Bun serves by default, it serves on $PORT
		s.Port, s.Moved = found.Port{Number: 3000}, s.Command
	}
	s.Ready.Path = healthOf(text)
	s.Peers = peers(text)
}

// unreadEntry is about a program that is not there, such as one that is built first.
func (k *Kit) unreadEntry(l *split.Leaf, s *Made) {
	// The package that it depends on is all that can be known. $PORT is a guess, and said
	// to be one.
	if !l.Pack.Has(serverPackages...) {
		s.worker(l)
		return
	}
	s.Moved, s.Guess = s.Command, l.File
	if n := k.DotenvPort(l.Dir); n != 0 {
		s.Port = found.Port{Number: n, From: path.Join(l.Dir, ".env")}
	}
}

// lookNest reads what a Nest application listens on.
func (k *Kit) lookNest(l *split.Leaf, s *Made) {
	file := k.First(l.Dir, "src/main.ts", "src/main.js", "main.ts")
	if file == "" {
		s.Moved = s.Command
		return
	}
	p := k.program(file)
	usual := s.Port.Number
	k.codePort(l, s, p)
	// Its port is not written down plainly: the template of Nest has 3000, which the
	// table says.
	if s.Port.Number == 0 {
		s.Port = found.Port{Number: usual}
	}
	s.Ready.Path = healthOf(p.text())
}

// codePort takes a port from the text of a program, unless its command names one.
func (k *Kit) codePort(l *split.Leaf, s *Made, p program) {
	n, free := p.port()
	if free && s.Moved == "" {
		s.Moved = s.Command
	}
	if s.Port.From != "" {
		return
	}
	// dotenv puts .env into the environment, so its PORT is what the program has by
	// itself.
	if n == 0 && free {
		n = k.DotenvPort(l.Dir)
	}
	if name, own := p.ownVariable(); n == 0 && !free && name != "" {
		n = own
		s.Moved, s.Env = s.Command, append(s.Env, found.Var{Name: name, Value: found.PortMark})
	}
	s.Port = found.Port{Number: n, From: p[0].file}
}

func healthOf(text string) string {
	if m := healthRoute.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

// peers are the variables of a program that name other services.
func peers(text string) []string {
	if !strings.Contains(text, "_SERVICE_") {
		return nil
	}
	found := peerVariable.FindAllString(text, 50)
	slices.Sort(found)
	return slices.Compact(found)
}

var (
	// environmentPort finds $PORT, with its default if there is one: env.PORT || 3000,
	// get("PORT", 3000), [env.PORT, 3000].
	environmentPort = pattern.New(`(?:\benv(?:ironment)?(?:\.PORT\b|\[['"]PORT['"]\])|\.get(?:<\w+>)?\(['"]PORT['"]\)?)\s*(?:(?:\|\||\?\?|,)\s*['"]?([0-9]{2,5})|)`)
	// defaultedPort finds const { PORT = 3000 } = process.env.
	defaultedPort = pattern.New(`\bPORT\s*=\s*['"]?([0-9]{2,5})['"]?[^;\n]*\}\s*=\s*process\.env`)
	// settled are names of files that settings are in.
	settled = pattern.New(`(?i)config|settings|constants|env|server|index|main|app`)
	// literalPorts are the ways to write a port down, surer ones first.
	literalPorts = []*pattern.Pattern{
		pattern.New(`\.listen\(\s*['"]?([0-9]{2,5})\b`),
		pattern.New(`(?i:\bport)\s*=\s*([0-9]{2,5})\b`),
		pattern.New(`(?:listen|serve|start|Server)\([^;]{0,200}?\bport:\s*([0-9]{2,5})\b`),
	}
)

// ownPort finds env.API_PORT || 8080: a variable of the project's own.
var ownPort = pattern.New(`\benv(?:\.|\[['"])([A-Z][A-Z0-9_]*_PORT)\b(?:['"]\])?(?:\s*(?:\|\||\?\?|,)\s*['"]?([0-9]{2,5}))?`)

// elsewhere is found in the names of variables that say where others listen.
var elsewhere = pattern.New(`DB|DATABASE|PG|POSTGRES|SQL|MONGO|REDIS|CACHE|MAIL|SMTP|IMAP|AMQP|RABBIT|KAFKA|ELASTIC|SEARCH|HOST|DEBUG|PROXY|PUBLIC|METRICS|WEB|FRONT|CLIENT|HMR|SSH|FTP`)

// ownVariable is the variable of the project's own that gives a program its port, and
// what the port is without it; "" if there is none.
func (p program) ownVariable() (name string, number int) {
	for i, s := range p {
		// Deep in a program such a variable is more likely the address of another.
		if i > 0 && !settled.MatchString(path.Base(s.file)) {
			continue
		}
		for _, m := range ownPort.FindAllStringSubmatch(s.text, 20) {
			if !elsewhere.MatchString(m[1]) {
				return m[1], files.Port(m[2])
			}
		}
	}
	return "", 0
}

// port is the port that a program has by itself, and whether it takes another one
// from $PORT. A number that stands beside $PORT is surer than one alone.
func (p program) port() (number int, free bool) {
	for _, s := range p {
		// Several files may name $PORT; the first number counts, that of the entry before
		// those it imports.
		for _, m := range environmentPort.FindAllStringSubmatch(s.text, -1) {
			number, free = cmp.Or(number, files.Port(m[1])), true
		}
		if m := defaultedPort.FindStringSubmatch(s.text); m != nil {
			return files.Port(m[1]), true
		}
	}
	for _, literal := range literalPorts {
		for i, s := range p {
			// Far from where a program is put together, ports are those of others.
			if number == 0 && (i == 0 || settled.MatchString(path.Base(s.file))) {
				if m := literal.FindStringSubmatch(s.text); m != nil {
					number = files.Port(m[1])
				}
			}
		}
	}
	return number, free
}
