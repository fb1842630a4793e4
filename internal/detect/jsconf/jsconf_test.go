package jsconf

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// show writes a value in short: what is not known is "?".
func show(v Value) string {
	s := ""
	switch v.Kind {
	case None:
		s = "none"
	case Opaque:
		s = "?"
	case String:
		s = "'" + v.Text + "'"
	case Number, Regexp:
		s = v.Text
	case Bool:
		s = fmt.Sprint(v.True)
	case Function:
		s = "function"
	case Array:
		var items []string
		for _, i := range v.Items {
			items = append(items, show(i))
		}
		s = "[" + strings.Join(items, " ") + "]"
	case Object:
		var fields []string
		for _, f := range v.Fields {
			fields = append(fields, f.Name+":"+show(f.Value))
		}
		s = "{" + strings.Join(fields, " ") + "}"
	}
	if len(v.Env) > 0 {
		s += "<" + strings.Join(v.Env, ",") + ">"
	}
	return s
}

func TestWhatConfigurationsSay(t *testing.T) {
	for name, test := range map[string]struct{ src, want string }{
		"plain":            {`export default { server: { port: 3001, open: true } }`, `{port:3001 open:true}`},
		"defineConfig":     {`export default defineConfig({ plugins: [react()], server: { port: 3001 } })`, `{port:3001}`},
		"function":         {`export default defineConfig(({ mode }) => { const a = 1; return { server: { port: a } } })`, `{port:1}`},
		"commonjs":         {`module.exports = { server: { 'port': "80" } };`, `{port:'80'}`},
		"comments":         {"// server: {port: 1}\n/* server: {port: 2} */ x = { server: { port: 3 /* four */, } }", `{port:3}`},
		"strings":          {"const a = \"server: {\"; x = { server: { a: '}', b: `}` } }", `{a:'}' b:'}'}`},
		"default":          {`x = { server: { port: process.env.PORT || 4533 } }`, `{port:4533<PORT>}`},
		"nullish":          {`const port = Number(process.env.PORT ?? 3000); x = { server: { port } }`, `{port:3000<PORT>}`},
		"sum":              {"const a = parseInt(process.env.PORT) || 4533\nconst b = a + 100\nx = { server: { port: a, to: 'http://localhost:' + b } }", `{port:4533<PORT> to:'http://localhost:4633'<PORT>}`},
		"template":         {"const host = 'localhost'; x = { server: { to: `http://${host}:${8000 + 1}` } }", `{to:'http://localhost:8001'}`},
		"conditional":      {"x = { server: { to: `http${tls ? 's' : ''}://localhost` } }", `{to:'http://localhost'}`},
		"development":      {`const dev = { port: 1 }, prod = { port: 2 }; x = { server: isDev ? dev : prod }`, `{port:1}`},
		"production":       {`x = { server: mode === 'production' ? { port: 2 } : { port: 1 } }`, `{port:1}`},
		"not production":   {`x = { server: mode !== 'production' ? { port: 2 } : { port: 1 } }`, `{port:2}`},
		"assigned":         {`let proxy; if (!test) { proxy = { '/api': API } } const API = process.env.API_HOST ?? 'https://x'; x = { server: { proxy } }`, `{proxy:{/api:'https://x'<API_HOST>}}`},
		"environment":      {`const { env } = require('process'); const target = env["a__https"] || env["a__http"]; x = { server: [{ context: ["/api"], target: target, secure: env["NODE_ENV"] !== "development" }] }`, `[{context:['/api'] target:?<a__https,a__http> secure:?<NODE_ENV>}]`},
		"loadEnv":          {`const env = loadEnv(mode, process.cwd(), ''); x = { server: { to: env.API || 'http://localhost:1' } }`, `{to:'http://localhost:1'<API>}`},
		"destructured":     {`const { PORT = 3100, API: api } = process.env; x = { server: { port: PORT, api } }`, `{port:3100<PORT> api:?<API>}`},
		"typed":            {`let https: ServerOptions["https"] | undefined; const port: number = 5; x = { server: { https, port: port as number } }`, `{https:? port:5}`},
		"spread":           {`const base = { host: 'a', port: 1 }; x = { server: { ...base, ...(docker && { host: true }), port: 2 } }`, `{host:true port:2}`},
		"regular":          {`x = { server: { re: /[/"{]/g, a: 4 / 2, rewrite: path => path.replace(/^\/api/, '') } }`, `{re:/[/"{]/g a:? rewrite:function}`},
		"methods":          {`x = { server: { configure(proxy) { return { a: 1 } }, b: 2, list: [1, false].filter(Boolean) } }`, `{configure:{a:1} b:2 list:[1 false]}`},
		"a method":         {`module.exports = { async server() { const a = 1; return [{ source: '/api/:path*', a }] } }`, `[{source:'/api/:path*' a:1}]`},
		"an inner method":  {`x = { server: { async list() { if (x) { return } return [1] }, b: 2 } }`, `{list:[1] b:2}`},
		"computed":         {"const key = '/api'; x = { server: { [key]: 1, [other()]: 2 } }", `{/api:1}`},
		"satisfies":        {`export default { server: { port: 1 } } satisfies Config`, `{port:1}`},
		"property":         {`config.server = { port: 7 }`, `{port:7}`},
		"outer first":      {`x = { plugins: [p({ server: { port: 1 } })], server: { port: 2 } }`, `{port:2}`},
		"itself":           {`const a = a; x = { server: { port: a } }`, `{port:?}`},
		"no semicolons":    {"const a = 1\nconst b = 2\nx = { server: { port: b } }", `{port:2}`},
		"unfinished":       {`x = { server: { port: 1`, `{}`},
		"optional":         {`x = { server: { a: config?.b?.c ?? 2 } }`, `{a:2}`},
		"deno environment": {`x = { server: { a: Deno.env.get("PORT") ?? 8000 } }`, `{a:8000<PORT>}`},
	} {
		t.Run(name, func(t *testing.T) {
			found := Parse(test.src, nil).Find("server")
			if len(found) == 0 {
				t.Fatal("no server found")
			}
			if got := show(found[0]); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestVariablesThatAreKnown(t *testing.T) {
	f := Parse(`x = { server: { to: process.env.API ?? 'https://far' } }`, map[string]string{"API": "http://localhost:1"})
	if got := show(f.Find("server")[0]); got != "{to:'http://localhost:1'}" {
		t.Errorf("got %s", got)
	}
}

func TestExports(t *testing.T) {
	for src, want := range map[string]string{
		`{"a": [1, {"b": null}], /* c */ "d": "e",}`: `{a:[1 {b:none}] d:'e'}`,
		`[1, 2]`: `[1 2]`,
		`const A = [{a: 1}]; module.exports = A;`: `[{a:1}]`,
		`export default A; const A = {a: 1}`:      `{a:1}`,
		``:                                        `none`,
	} {
		f := Parse(src, nil)
		if got := show(f.Exported()); got != want && !(src == "" && got == "?") {
			t.Errorf("%s: got %s, want %s", src, got, want)
		}
	}
}

func TestAnyTextIsReadInBoundedTime(t *testing.T) {
	pieces := []string{"server", ":", "{", "}", "[", "]", "(", ")", "=", "=>", ",", ";", "`", "${", "'", `"`, "/", "//", "/*", "const ", "let ", "a", "b", "+", "?", "||", "&&", "!", "...", ".", "return ", "function ", "export default ", "process.env.", "\n", "1", "\\", "é"}
	rapid.Check(t, func(t *rapid.T) {
		src := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 60).Draw(t, "src"), "")
		f := Parse(src, nil)
		f.Find("server")
		f.Find("a")
		f.Exported()
	})
}

func TestHostileTextsEnd(t *testing.T) {
	for name, src := range map[string]string{
		"nested":     strings.Repeat("server:{", 60000),
		"brackets":   "server:" + strings.Repeat("[", 200000),
		"nots":       "server:" + strings.Repeat("!", 200000),
		"no marks":   strings.Repeat("server = a b c d e f g h ", 9000),
		"defaults":   "server:" + strings.Repeat("a||", 80000),
		"questions":  "server:" + strings.Repeat("a?", 80000),
		"doubling":   doubling(),
		"templates":  strings.Repeat("server: `${server}${server}`,", 8000),
		"functions":  "server:" + strings.Repeat("()=>", 60000),
		"news":       "server:" + strings.Repeat("new ", 60000),
		"parameters": strings.Repeat("server:(a):b c d e,", 12000),
	} {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			f := Parse(src, nil)
			f.Find("server")
			f.Exported()
			// Generous: what this is to catch takes minutes.
			if took := time.Since(begin); took > 10*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// doubling is a text whose value has 2^40 times the length of its source.
func doubling() string {
	var b strings.Builder
	b.WriteString("const a0 = 'x';")
	for i := range 40 {
		fmt.Fprintf(&b, "const a%d = a%d + a%d;", i+1, i, i)
	}
	return b.String() + "x = { server: a40 }"
}
