package detect

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"devgate/internal/detect/found"
	"devgate/internal/detect/tool"
)

// folder makes a file system of names and texts.
func folder(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func quoteJSON(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// plainMarks writes the marks of texts as a file has them.
var plainMarks = strings.NewReplacer(found.PortMark, "{port}", found.BinMark, "{bin}")

// seen writes what was found of a service, in short: kind, port, whether it moves.
func seen(s *found.Service) string {
	kinds := map[found.Kind]string{found.Worker: "worker", found.Task: "task", found.Assets: "assets", found.API: "api", found.App: "app", found.Site: "site", found.Page: "page", found.RPC: "rpc"}
	text := kinds[s.Kind]
	if s.Port.Number != 0 {
		text += fmt.Sprintf(" %d", s.Port.Number)
	}
	if s.Port.From != "" {
		text += " " + s.Port.From
	}
	switch {
	case s.Moved == "" && s.Kind.Answers():
		text += " fixed"
	case s.Moved != "" && s.Moved != s.Command:
		text += " | " + plainMarks.Replace(string(s.Moved))
	}
	return text
}

// routed writes the rows of proxies.
func routed(routes []found.Route) string {
	forms := map[found.PatternForm]string{found.Prefix: "", found.Regex: "~", found.Glob: "*", found.Unknown: "?"}
	var all []string
	for _, r := range routes {
		to := fmt.Sprint(r.Target.Port)
		if r.Target.Remote != "" {
			to = r.Target.Remote
		} else if r.Target.Host != "" {
			to = r.Target.Host + ":" + to
		}
		text := forms[r.Form] + r.Path + ">" + to
		if r.Rewrite {
			text += " rewritten"
		}
		if len(r.Target.Env) > 0 {
			text += " $" + strings.Join(r.Target.Env, ",")
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

func TestToolsOfScripts(t *testing.T) {
	for name, test := range map[string]struct {
		script       string
		files        map[string]string
		want, routes string
	}{
		"vite with a page":      {"vite", map[string]string{"index.html": ""}, "page 5173", ""},
		"vite with a root":      {"vite", map[string]string{"vite.config.js": "export default {root: 'client'}", "client/index.html": ""}, "page 5173", ""},
		"rspack":                {"rspack serve", nil, "page 8080", ""},
		"cloudflare's pages":    {"wrangler pages dev dist", nil, "api 8788", ""},
		"vite for other pages":  {"vite", map[string]string{"vite.config.js": "export default {}"}, "assets", ""},
		"vite's port":           {"vite", map[string]string{"index.html": "", "vite.config.ts": "export default {server: {port: 4000, proxy: {'/api': 'http://localhost:1234', '^/x/.*': {target: 'http://127.0.0.1:5', ws: true}}}}"}, "page 4000 vite.config.ts", "/api>1234, ~^/x/.*>5"},
		"a named configuration": {"vite --config conf/dev.ts", map[string]string{"index.html": "", "conf/dev.ts": "export default {server: {port: 4000}}"}, "page 4000 conf/dev.ts", ""},
		"a port in the text":    {"vite --port=4000", map[string]string{"index.html": ""}, "page 4000 package.json | npx vite --port={port} --strictPort", ""},
		"$PORT in the text":     {"vite --port ${PORT:-4100}", map[string]string{"index.html": ""}, "page 4100 package.json", ""},
		"PORT before the tool":  {"PORT=4000 react-scripts start", nil, "page 4000 package.json | npx react-scripts start", ""},
		"cmd's way":             {"set PORT=4000 && react-scripts start", nil, "page 4000 package.json", ""},
		"next":                  {"next dev --turbopack", map[string]string{"next.config.mjs": "export default {async rewrites() { return [{source: '/api/:path*', destination: 'http://localhost:8000/api/:path*'}, {source: '/old/:id', destination: 'http://localhost:8000/new/:id'}, {source: '/in', destination: '/page'}, {source: '/x/:p*', destination: `${process.env.API ?? 'http://localhost:8000'}/y/:p*`}]; }}"}, "site 3000", "/api>8000, ?/old/:id>8000 rewritten, /x>8000 rewritten $API"},
		"next with groups":      {"next dev", map[string]string{"next.config.js": "module.exports = {rewrites: async () => ({beforeFiles: [], fallback: [{source: '/api/:path*', destination: 'https://api.example.test/:path*'}, {source: '/old/:path*', destination: 'https://old.example.test/old/:path*'}]})}"}, "site 3000", "/api>https://api.example.test rewritten, /old>https://old.example.test"},
		"nuxt":                  {"nuxt dev", map[string]string{"nuxt.config.ts": "export default defineNuxtConfig({devServer: {port: 3500}, nitro: {devProxy: {'/api': {target: 'http://localhost:8000/api'}, '/v2': 'http://localhost:9000'}}, routeRules: {'/img/**': {proxy: 'http://localhost:7070/img/**'}, '/x/**': {ssr: false}}})"}, "site 3500 nuxt.config.ts", "/api>8000, /v2>9000 rewritten, */img/**>7070"},
		"astro":                 {"astro dev", map[string]string{"astro.config.mjs": "export default defineConfig({server: {port: 4400}, vite: {server: {proxy: {'/api': 'http://localhost:9'}}}})"}, "site 4400 astro.config.mjs", "/api>9"},
		"react-router":          {"react-router dev", nil, "site 5173", ""},
		"sveltekit":             {"vite dev", map[string]string{"package.json": `{"scripts":{"dev":"vite dev"},"devDependencies":{"@sveltejs/kit":"2"}}`}, "site 5173", ""},
		"angular":               {"ng serve", map[string]string{"angular.json": `{"projects":{"shop":{"architect":{"serve":{"options":{"port":4300,"proxyConfig":"src/proxy.conf.json"}}}}}} // comment`, "src/proxy.conf.json": `{"/api/**": {"target": "http://localhost:8080", "pathRewrite": {"^/api": ""}}, "/auth": {"target": {"host": "localhost", "port": 81}}}`}, "page 4300 angular.json", "*/api/**>8080 rewritten, /auth>81"},
		"create-react-app":      {"react-scripts start", map[string]string{"package.json": `{"scripts":{"dev":"react-scripts start"},"proxy":"http://localhost:8000"}`, "src/setupProxy.js": "const p = require('http-proxy-middleware'); module.exports = app => { app.use('/api', p({target: 'http://localhost:8000'})); app.use('/ws', p({target: 'http://localhost:8000'})); };"}, "page 3000", "?>8000, /api>8000, /ws>8000"},
		"webpack":               {"webpack serve --config config/dev.js", map[string]string{"config/dev.js": "module.exports = {devServer: {port: 9001, open: true, proxy: [{context: ['/api', '/auth'], target: 'http://localhost:7'}, {context: '/x', target: 'http://localhost:8', pathRewrite: {'^/x': ''}}]}}"}, "page 9001 config/dev.js", "/api>7, /auth>7, /x>8 rewritten"},
		"webpack's own address": {"webpack serve", map[string]string{"webpack.config.js": "module.exports = {output: {publicPath: 'http://localhost:3000/static/'}, devServer: {}}"}, "assets 3000 webpack.config.js", ""},
		"vue":                   {"vue-cli-service serve", map[string]string{"vue.config.js": "module.exports = {devServer: {port: 8081, proxy: 'http://localhost:4000'}}"}, "page 8081 vue.config.js", "?>4000"},
		"rsbuild":               {"rsbuild dev", map[string]string{"rsbuild.config.ts": "export default {server: {port: 3100, proxy: {'/api': 'http://localhost:1'}}}"}, "page 3100 rsbuild.config.ts", "/api>1"},
		"parcel":                {"parcel src/index.html -p 1300", map[string]string{".proxyrc": `{"/api": {"target": "http://localhost:2/"}}`}, "page 1300 package.json | npx parcel src/index.html -p {port}", "/api>2"},
		"wrangler":              {"wrangler dev", map[string]string{"wrangler.toml": "[dev]\nport = 8700\n"}, "api 8700 wrangler.toml", ""},
		"nest":                  {"nest start --watch", map[string]string{"src/main.ts": "await app.listen(process.env.PORT ?? 3000)"}, "api 3000 src/main.ts", ""},
		"nest on its port":      {"nest start --watch", map[string]string{"src/main.ts": "await app.listen(4000)"}, "api 4000 src/main.ts fixed", ""},
		"esbuild":               {"esbuild a.ts --serve=4000 --bundle", nil, "page 4000 package.json | npx esbuild a.ts --serve={port} --bundle", ""},
		"nx in its folder":      {"nx serve", map[string]string{"project.json": `{"name":"api","targets":{"serve":{"executor":"@nx/js:node"}}}`, "src/main.ts": "app.listen(process.env.PORT || 4000)"}, "api 4000 src/main.ts", ""},
		"a library beside":      {"vite build --watch & vite", map[string]string{"index.html": ""}, "worker", ""},
		"a server":              {"node index.js", map[string]string{"index.js": "require('./app')", "app.js": "require('express')().listen(4000)"}, "api 4000 index.js fixed", ""},
		"a server for $PORT":    {"node index.js", map[string]string{"index.js": "const { PORT = 4000 } = process.env; app.listen(PORT)"}, "api 4000 index.js", ""},
		"a server's .env":       {"node index.js", map[string]string{"index.js": "app.listen(process.env.PORT)", ".env": "PORT=4321 # mine\n"}, "api 4321 index.js", ""},
		"a port in a list":      {"node index.js", map[string]string{"index.js": "require('./config'); require('./radius'); app.listen(port)", "config.js": "const port = [args.port, process.env.PORT, 4000].find(Number)", "radius.js": "port = 1812"}, "api 4000 index.js", ""},
		"a port of its own":     {"node index.js", map[string]string{"index.js": "const db = process.env.DB_PORT || 5432; app.listen(process.env.API_PORT ?? '4000')"}, "api 4000 index.js", ""},
		"ports of others":       {"node index.js", map[string]string{"index.js": "require('./radius'); app.listen(process.env.PORT)", "radius.js": "port = 1812"}, "api index.js", ""},
		"vite for Laravel":      {"vite", map[string]string{"package.json": `{"scripts":{"dev":"vite"},"devDependencies":{"laravel-vite-plugin":"1"}}`, "vite.config.js": "export default {server: {https: true}}"}, "assets", ""},
		"next behind a file":    {"bash dev.sh", map[string]string{"dev.sh": "set -e\nVERSION=$(node -v)\nnext dev\n"}, "site 3000", ""},
		"grpc":                  {"node index.js", map[string]string{"index.js": "server.bindAsync(`0.0.0.0:${process.env.PORT || 50051}`)"}, "rpc 50051 index.js", ""},
		"pages in a server":     {"tsx server.ts", map[string]string{"server.ts": "const vite = await createServer({server: {middlewareMode: true}}); app.listen(3000)"}, "site 3000 server.ts fixed", ""},
		"nothing that listens":  {"node worker.js & vite", map[string]string{"worker.js": "setInterval(work, 1)", "index.html": ""}, "worker", ""},
		"whatever it is":        {"for a in 1; do serve $PORT; done", nil, "app", ""},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{"package.json": `{"scripts":{"dev":` + quoteJSON(test.script) + `}}`}
			for name, text := range test.files {
				files[name] = text
			}
			findings := Read(folder(files))
			if len(findings.Services) == 0 {
				t.Fatalf("nothing found: %+v", findings.Skipped)
			}
			if got := seen(findings.Services[0]); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if got := routed(findings.Routes); got != test.routes {
				t.Errorf("routes %s, want %s", got, test.routes)
			}
			if len(findings.Faults) > 0 {
				t.Errorf("faults: %v", findings.Faults)
			}
		})
	}
}

func TestToolsOfOtherLanguages(t *testing.T) {
	for name, test := range map[string]struct {
		files   map[string]string
		command string
		want    string
	}{
		"go with $PORT":             {map[string]string{"go.mod": "module a.test/b", "main.go": "package main\nfunc main() { p := os.Getenv(\"PORT\"); port := \"8085\"; http.ListenAndServe(p, nil) }"}, "{bin}", "api 8085 main.go"},
		"go with an address":        {map[string]string{"go.mod": "module a.test/b", "main.go": "package main\nfunc main() { a := flag.String(\"addr\", \":8085\", \"\"); http.ListenAndServe(*a, nil) }"}, "{bin} --addr localhost:{port}", "api 8085 main.go"},
		"go on its port":            {map[string]string{"go.mod": "module a.test/b", "main.go": "package main\nfunc main() { gin.Default().Run(\":8085\") }"}, "{bin}", "api 8085 main.go fixed"},
		"go with a helper":          {map[string]string{"go.mod": "module a.test/b", "main.go": "package main\nfunc main() { http.ListenAndServe(\":\"+getEnv(\"PORT\", \"8085\"), nil) }"}, "{bin}", "api 8085 main.go"},
		"go with a last resort":     {map[string]string{"go.mod": "module a.test/b", "main.go": "package main\nfunc main() { http.ListenAndServe(\":\"+cmp.Or(os.Getenv(\"PORT\"), \"8085\"), nil) }"}, "{bin}", "api 8085 main.go"},
		"go with its own variable":  {map[string]string{"go.mod": "module a.test/b", "main.go": "package main\nfunc main() { dbPort := 5432; d := os.Getenv(\"DB_PORT\"); http.ListenAndServe(\":\"+getEnv(\"API_PORT\", \"8085\"), nil) }"}, "{bin}", "api 8085 main.go"},
		"go with tags":              {map[string]string{"go.mod": "module a.test/b", "main.go": "package main\ntype c struct {\n\tP int `env:\"SERVER_PORT\" envDefault:\"8085\"`\n}\nfunc main() { http.ListenAndServe(x, nil) }"}, "{bin}", "api 8085 main.go"},
		"go beside a database":      {map[string]string{"go.mod": "module a.test/b", "main.go": "package main\nfunc main() { dbPort := 5432; port := 8085; http.ListenAndServe(x, nil) }"}, "{bin}", "api 8085 main.go fixed"},
		"go with a bound":           {map[string]string{"go.mod": "module a.test/b", "main.go": "package main\nfunc main() { a := \"127.0.0.1:65535\"; port := 8085; http.ListenAndServe(a, nil) }"}, "{bin}", "api 8085 main.go fixed"},
		"go with commands":          {map[string]string{"go.mod": "module a.test/shop", "cmd/main.go": "package main\nfunc main() { c := &cobra.Command{\n\tUse: \"server [flags]\", }; c.Flags().Int(\"port\", 8085, \"\"); http.ListenAndServe(x, nil) }"}, "{bin} server --port {port}", "api 8085 cmd/main.go"},
		"go deeper":                 {map[string]string{"go.mod": "module a.test/b", "internal/cmd/hub/main.go": "package main\nfunc main() { pocketbase.New() }"}, "{bin} serve --http localhost:8090", "api 8090 internal/cmd/hub/main.go | {bin} serve --http localhost:{port}"},
		"go anywhere":               {map[string]string{"go.mod": "module a.test/b", "cli/main.go": "package main\nfunc main() { port := 8085; http.ListenAndServe(x, nil) }", "tools/gen/main.go": "package main\nfunc main() {}"}, "{bin}", "api 8085 cli/main.go fixed"},
		"rust among libraries":      {map[string]string{"Cargo.toml": "[workspace]\n", "api/Cargo.toml": "[package]\nname = 'api'\n[dependencies]\naxum = '1'\n", "api/src/lib.rs": "", "server/Cargo.toml": "[package]\nname = 'server'\n[dependencies]\naxum = '1'\n", "server/src/main.rs": `axum::serve(TcpListener::bind("0.0.0.0:8085"))`, "utils/Cargo.toml": "[package]\nname = 'utils'\n[dependencies]\naxum = '1'\n", "utils/src/main.rs": "fn main() {}"}, "../target/debug/server", "api 8085 server/src fixed"},
		"rust in a folder":          {map[string]string{"Cargo.toml": "[package]\nname = 'shop'\n[dependencies]\naxum = '1'\n", "src/lib.rs": "", "src/bin/server/main.rs": `axum::serve(TcpListener::bind("0.0.0.0:8085"))`}, "target/debug/server", "api 8085 src fixed"},
		"rust with a window":        {map[string]string{"Cargo.toml": "[package]\nname = 'a'\n[dependencies]\naxum = '1'\ntauri = '2'\n", "src/main.rs": `axum::serve(TcpListener::bind("0.0.0.0:8085"))`, "Procfile": "web: bin/server --port 7000\n"}, "", ""},
		"only a shell's file":       {map[string]string{"scripts/dev.sh": "flask --app x run --port 5005\n"}, "sh scripts/dev.sh", "api 5005 scripts/dev.sh fixed"},
		"uvicorn":                   {map[string]string{"requirements.txt": "fastapi\nuvicorn\n", "src/app/main.py": "app: FastAPI = FastAPI()"}, tool.PythonProgram + " -m uvicorn src.app.main:app --reload --port {port}", "api 8000"},
		"a virtual environment":     {map[string]string{"api/requirements.txt": "Flask==3\n", "api/app.py": "app = Flask(__name__)", ".venv/pyvenv.cfg": ""}, "../.venv/bin/flask --app app run --debug --port {port}", "api 5000"},
		"an environment of Windows": {map[string]string{"api/requirements.txt": "Flask==3\n", "api/app.py": "app = Flask(__name__)", ".venv/Scripts/flask.exe": ""}, "../.venv/Scripts/flask --app app run --debug --port {port}", "api 5000"},
		"pdm":                       {map[string]string{"pyproject.toml": "[project]\ndependencies = ['litestar']\n", "pdm.lock": "", "app.py": "app = Litestar()"}, "pdm run uvicorn app:app --reload --port {port}", "api 8000"},
		"rails":                     {map[string]string{"Gemfile": "gem 'rails'", "bin/rails": "", "config/puma.rb": `port ENV["PORT"] || 3100`}, "bin/rails server -p {port}", "app 3100 config/puma.rb"},
		"rack":                      {map[string]string{"Gemfile": "gem 'sinatra'", "config.ru": ""}, "bundle exec rackup -p {port}", "app 9292"},
		"jekyll":                    {map[string]string{"Gemfile": "gem 'jekyll'"}, "bundle exec jekyll serve --port {port}", "site 4000"},
		"php":                       {map[string]string{"composer.json": "{}", "public/index.php": ""}, "php -S localhost:{port} -t public", "app 8000 composer.json"},
		"phoenix with $PORT":        {map[string]string{"mix.exs": ":phoenix", "config/dev.exs": "http: [port: String.to_integer(System.get_env(\"PORT\") || \"4001\")]"}, "mix phx.server", "app 4001 config/dev.exs"},
		"gradle":                    {map[string]string{"gradlew": "", "api/build.gradle.kts": `plugins { id("org.springframework.boot") version "3" }`, "api/src/main/resources/application.properties": "server.port=8090\n"}, "./gradlew :api:bootRun", "api 8090 api/src/main/resources/application.properties"},
		"spring's order":            {map[string]string{"pom.xml": "<project><build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>", "src/main/resources/application.yml": "server: {port: 8090}", "src/main/resources/application.properties": "server.port=8091\n", "src/main/resources/config/application.yml": "server: {port: 8092}"}, "mvn spring-boot:run", "api 8092 src/main/resources/config/application.yml"},
		"spring's own form":         {map[string]string{"pom.xml": "<project><build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>", "src/main/resources/application.yml": "server: {port: 8090}", "src/main/resources/application.properties": "server.port=8091\n"}, "mvn spring-boot:run", "api 8091 src/main/resources/application.properties"},
		"go run of files":           {map[string]string{"go.mod": "module a.test/b", "Procfile.dev": "api: go run main.go util.go -x\n", "main.go": "package main\nfunc main() { http.ListenAndServe(\":8085\", nil) }", "util.go": "package main"}, "{bin} -x", "api 8085 main.go fixed"},
		"hypercorn":                 {map[string]string{"Procfile.dev": "api: hypercorn -p run.pid app:app\n"}, "hypercorn -p run.pid app:app", "api 8000 | hypercorn -p run.pid app:app -b 127.0.0.1:{port}"},
		"spring's default":          {map[string]string{"pom.xml": "<project><build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>", "src/main/resources/application.yml": "server:\n  port: ${SERVER_PORT:8090}\n"}, "mvn spring-boot:run", "api 8090 src/main/resources/application.yml"},
		"rocket":                    {map[string]string{"Cargo.toml": "[package]\nname = 'a'\n[dependencies]\nrocket = '0.5'\n", "src/main.rs": ""}, "target/debug/a", "api 8000 src"},
		"rust on its port":          {map[string]string{"Cargo.toml": "[package]\nname = 'a'\n[dependencies]\nactix-web = '4'\n", "src/main.rs": `.bind(("127.0.0.1", 8085))`}, "target/debug/a", "api 8085 src fixed"},
		"deno with $PORT":           {map[string]string{"deno.jsonc": `{"tasks": {"dev": {"command": "deno run --watch -A main.ts"}}} // x`, "main.ts": `Deno.serve({ port: Number(Deno.env.get("PORT") ?? 8001) }, h)`}, "deno task dev", "api 8001 main.ts"},
		"only a makefile":           {map[string]string{"Makefile": "run: build\n\tflask --app x run --port 5005\n"}, "flask --app x run --port 5005", "api 5005 Makefile | flask --app x run --port {port}"},
		"only a justfile":           {map[string]string{"justfile": "default:\n  @just --list\n\ndev:\n  flask --app x run --port 5005\n"}, "flask --app x run --port 5005", "api 5005 justfile | flask --app x run --port {port}"},
		"only a Taskfile":           {map[string]string{"Taskfile.yml": "version: '3'\ntasks:\n  build: go build\n  dev:\n    desc: start\n    cmds: ['flask --app x run --port 5005']\n"}, "flask --app x run --port 5005", "api 5005 Taskfile.yml | flask --app x run --port {port}"},
		"a justfile's variables":    {map[string]string{"justfile": "dev:\n  flask run --port {{ port }}\n", "Taskfile.yml": "tasks: {dev: {cmds: [a, b]}, run: {cmd: 'x {{.PORT}}'}, serve: [{task: y}]}"}, "", ""},
		"only a procfile":           {map[string]string{"Procfile": "web: bin/server --port 7000\n"}, "", ""},
		"csproj without a profile":  {map[string]string{"Api.csproj": `<Project Sdk="Microsoft.NET.Sdk.Web">`}, "dotnet watch --non-interactive run -- --urls http://localhost:{port}", "api 5000"},
	} {
		t.Run(name, func(t *testing.T) {
			findings := Read(folder(test.files))
			if test.command == "" {
				if slices.ContainsFunc(findings.Services, func(s *found.Service) bool { return s.Kind.Answers() }) {
					t.Errorf("a server was found: %s", seen(findings.Services[0]))
				}
				return
			}
			if len(findings.Services) != 1 {
				t.Fatalf("%d services, skipped %+v, faults %v", len(findings.Services), findings.Skipped, findings.Faults)
			}
			s := findings.Services[0]
			if got := plainMarks.Replace(string(s.Command)); got != test.command {
				t.Errorf("got %s, want %s", got, test.command)
			}
			if got := seen(s); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestWhatIsNeverStarted(t *testing.T) {
	for script, why := range map[string]string{
		"vite --https":                  "speaks https: the gateway speaks http to what it starts",
		"expo start":                    "wants a terminal of its own (a phone's app)",
		"electron .":                    "a program with a window of its own",
		"storybook dev -p 6006":         "a workbench for components",
		"ngrok http 3000":               "a service outside of this machine, or containers",
		"tsc":                           "ends at once: tsc",
		"tsc --noEmit --watch":          "only checks types",
		"vitest":                        "a test",
		"docker compose up":             "containers: devgate starts none by itself",
		"stripe listen --forward-to x":  "a tunnel to this machine",
		"vite preview":                  "serves what was built before",
		"vite build":                    "ends at once: vite build",
		"somebody-elses-tool --forever": "nobody can tell what it starts: somebody-elses-tool --forever",
		"start cmd":                     "for Windows only",
	} {
		findings := Read(folder(map[string]string{"package.json": `{"scripts":{"dev":` + quoteJSON(script) + `}}`, "index.html": ""}))
		if len(findings.Services) != 0 || len(findings.Skipped) != 1 || findings.Skipped[0].Why != why {
			t.Errorf("%s: %d services, skipped %+v, want %q", script, len(findings.Services), findings.Skipped, why)
		}
	}
}

func TestBrokenFilesAreTold(t *testing.T) {
	findings := Read(folder(map[string]string{
		"package.json":       "{\n  \"scripts\": {]\n}",
		"pyproject.toml":     "[project\n",
		"compose.yml":        "services: [",
		"Cargo.toml":         strings.Repeat("[", 100),
		"pom.xml":            "<project><",
		"api/go.mod":         "modul x",
		"web/package.json":   `{"scripts": ["a"], "dependencies": 1, "workspaces": {"packages": 2}, "name": 3}`,
		"{{name}}/deno.json": "{{",
	}))
	want := []string{
		"package.json: line 2: invalid character ']' looking for beginning of object key string",
		"{{name}}/deno.json: line 1: invalid character '{' looking for beginning of object key string",
		"api/go.mod: no module line", "Cargo.toml: nested too deeply",
	}
	for _, w := range want {
		if !slices.Contains(findings.Faults, w) {
			t.Errorf("%q is missing in\n%s", w, strings.Join(findings.Faults, "\n"))
		}
	}
	for _, file := range []string{"pyproject.toml", "compose.yml", "pom.xml"} {
		if !slices.ContainsFunc(findings.Faults, func(f string) bool { return strings.HasPrefix(f, file+": ") }) {
			t.Errorf("nothing about %s in\n%s", file, strings.Join(findings.Faults, "\n"))
		}
	}
}

func TestReverseProxies(t *testing.T) {
	services := map[string]string{
		"api/requirements.txt": "fastapi[standard]", "web/package.json": `{"scripts":{"dev":"next dev"}}`,
		"compose.yml": "services:\n  backend:\n    build: ./api\n    labels:\n      - traefik.http.routers.api.rule=Host(`x`) && (PathPrefix(`/api`) || PathPrefix(`/auth`, `/oauth`))\n  web: {build: ./web}\n",
	}
	for name, test := range map[string]struct{ file, text, want string }{
		"caddy": {"Caddyfile", "example.test {\n\thandle /api/* {\n\t\treverse_proxy backend:8000\n\t}\n\thandle_path /cut/* {\n\t\treverse_proxy backend:8000\n\t}\n\t@auth path /auth/* /oauth/*\n\treverse_proxy @auth backend:8000\n\treverse_proxy /local/* localhost:9000\n\treverse_proxy /s3/* minio:9000\n\treverse_proxy web:3000\n}\n",
			"*/api/*>backend:8000, */cut/*>backend:8000 rewritten, */auth/*>backend:8000, */oauth/*>backend:8000, */local/*>9000, "},
		"nginx": {"docker/nginx.conf", "upstream app { server backend:8000; }\nserver {\n  location /api/ {\n    # proxy_pass http://web:3000;\n    proxy_pass http://app;\n  }\n  location = /health { proxy_pass http://backend:8000; }\n  location ~ ^/(a|b)/ {\n    proxy_pass http://backend:8000;\n  }\n  location /cut/ {\n    proxy_pass http://backend:8000/;\n  }\n  location / {\n    proxy_pass http://web:3000;\n  }\n}\n",
			"/api/>backend:0, */health>backend:0, ~^/(a|b)/>backend:0, /cut/>backend:0 rewritten, />web:0, "},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{test.file: test.text}
			for name, text := range services {
				files[name] = text
			}
			got := routed(Read(folder(files)).Routes)
			want := strings.ReplaceAll(test.want, "backend:8000", "backend:0") + "/api>backend:0, /auth>backend:0, /oauth>backend:0"
			if got != want {
				t.Errorf("got %s\nwant %s", got, want)
			}
		})
	}
}

func TestComposeFiles(t *testing.T) {
	findings := Read(folder(map[string]string{
		"package.json":                `{"scripts":{"dev":"vite"}}`,
		"index.html":                  "",
		"docker-compose.yml":          "x-a: &a\n  restart: always\nservices:\n  db:\n    <<: *a\n    image: ${REGISTRY:-docker.io}/postgres:${V:?missing}\n  cache: {image: 'bitnami/redis'}\n  exporter: {image: postgres-exporter}\n  search: {image: getmeili/meilisearch, profiles: [x]}\n  app:\n    build: {context: ./server}\n    ports: [{target: 80, published: '8088'}]\n",
		"docker-compose.override.yml": "services:\n  mail: {image: axllent/mailpit}\n  db: {ports: ['5432:5432']}\n",
		"infra/compose.prod.yml":      "services:\n  db: {image: postgres}\n",
	}))
	if len(findings.Compose) != 2 {
		t.Fatalf("%d files: %+v", len(findings.Compose), findings.Compose)
	}
	c := findings.Compose[0]
	if got := fmt.Sprint(c.File, c.Services, c.Uses, c.Default); got != "docker-compose.yml[db cache mail] [postgres redis mail] true" {
		t.Errorf("got %s", got)
	}
	if len(c.Remotes) != 1 || c.Remotes[0].URL != "http://localhost:8088" || c.Remotes[0].Name != "app" {
		t.Errorf("remotes: %+v", c.Remotes)
	}
}

func TestScriptsOfRestarters(t *testing.T) {
	for _, test := range []struct{ script, command, watch string }{
		{"nodemon src/server.js", "node src/server.js", "src/**"},
		{"nodemon server.js", "node server.js", "*.{js,mjs,cjs,ts,json} src/**"},
		{"nodemon --watch src -e ts,json --exec ts-node src/server.js", "npx ts-node src/server.js", "src/**/*.{ts,json}"},
		{"nodemon -r dotenv/config --inspect=9230 src/server.js --x", "node -r dotenv/config --inspect=9230 src/server.js --x", "src/**"},
		{"cross-env A=1 nodemon src/server.js", "npx cross-env A=1 node src/server.js", "src/**"},
		{"tsx watch --clear-screen=false src/server.js", "npx tsx src/server.js", "src/**"},
		{"node --watch --env-file=.env src/server.js", "node --env-file=.env src/server.js", "src/**"},
		{"node --watch-path=./lib src/server.js", "node src/server.js", "lib/**"},
		{"bun --watch run src/server.js", "bun run src/server.js", "src/**"},
		{"bun --hot src/server.js", "bun --hot src/server.js", ""},
		{"ts-node-dev --respawn --transpile-only src/server.js", "npx ts-node --transpile-only src/server.js", "src/**"},
		{"npm run build && nodemon src/server.js", "npm run dev", ""},
		{"nodemon", "node src/server.js", "src/**"},
		{`nodemon --exec "npm run build && node src/server.js" --watch src --ignore src/x.js`, "node src/server.js", "src/**"},
	} {
		findings := Read(folder(map[string]string{
			"package.json":  `{"main":"src/server.js","scripts":{"dev":` + quoteJSON(test.script) + `,"build":"tsc"}}`,
			"src/server.js": "app.listen(process.env.PORT || 4000)",
			"server.js":     "app.listen(process.env.PORT || 4000)",
		}))
		if len(findings.Services) != 1 {
			t.Errorf("%s: %d services, %v", test.script, len(findings.Services), findings.Skipped)
			continue
		}
		s := findings.Services[0]
		if s.Command != found.Text(test.command) || strings.Join(s.Watch, " ") != test.watch || s.Port.Number != 4000 {
			t.Errorf("%s: got %s, watch %s, port %d", test.script, s.Command, s.Watch, s.Port.Number)
		}
	}
	keep := Read(folder(map[string]string{"package.json": `{"scripts":{"dev":"nodemon x.js"}}`, "nodemon.json": "{}", "x.js": "app.listen(1234)"}))
	if len(keep.Services) > 0 && keep.Services[0].Command == "node x.js" {
		t.Error("nodemon with a configuration of its own was taken away")
	}
}

// I2: what must exist first is what is missing: a package that names no other needs no
// install, unless what it runs is one.
func TestNothingIsInstalledForAPackageWithoutPackages(t *testing.T) {
	for text, want := range map[string][]string{
		`{"scripts": {"dev": "node s.js"}}`:                               nil,
		`{"scripts": {"dev": "vite"}}`:                                    {"npm install"},
		`{"scripts": {"dev": "node s.js"}, "dependencies": {"x": "1"}}`:   {"npm install"},
		`{"scripts": {"dev": "node s.js"}, "workspaces": ["packages/*"]}`: {"npm install"},
	} {
		files := map[string]string{"package.json": text, "s.js": "http.createServer(f).listen(4000)", "packages/a/package.json": `{"name": "a"}`}
		if got := Read(folder(files)).First; !slices.Equal(got, want) {
			t.Errorf("%s: first %q, want %q", text, got, want)
		}
	}
}
