// Package detecttest makes folders for tests: random ones, of files that mean
// something, files that are broken and files that nobody reads.
package detecttest

import (
	"path"
	"strings"
	"testing/fstest"

	"pgregory.net/rapid"
)

// pieces are what random files are made of: what the readers look for, and what is
// in nobody's language.
// NUL, half a rune and a byte order mark are among them.
var pieces = []string{
	"{", "}", "[", "]", "(", ")", "\"", "'", "`", ",", ":", "=", "\n", " ", "\t", "#", "//", "/*", "\\", "$", "${", "{{", "}}", "&", "&&", "||", "|", ";", "<", ">", "\x00", "é", "\xff", "\ufeff", "\r\n",
	"scripts", "dev", "start", "serve:api", "name", "workspaces", "*", "apps/*", "../..", "/", "port", "3000", "5173", "6000", "99999", "0", "--port", "-p", "PORT=", "$PORT", "{port}", "{prot}", "{api.url}", "%PORT%",
	"vite", "next dev", "nuxt dev", "webpack serve", "ng serve", "nodemon", "node server.js", "tsx watch", "concurrently", "npm run dev", "npm-run-all -p", "turbo run dev", "nx run a:serve", "wait-on tcp:3000", "cd web", "sh -c",
	"server", "proxy", "target", "rewrite", "/api", "^/(a|b)/.*", "http://localhost:8000", "https://far.test", "export default", "module.exports", "const a = a", "process.env.PORT", "=>", "return ",
	"services", "image", "postgres", "build", "ports", "command", "celery worker", "redis", "web:", "- ", "&a ", "*a",
	"[package]", "[dependencies]", "axum", "fastapi", "flask", "django", "DJANGO_SETTINGS_MODULE", "rails", "gem \"rails\"", "phoenix", "<project>", "</project>", "<artifactId>quarkus-maven-plugin</artifactId>", "Sdk=\"Microsoft.NET.Sdk.Web\"",
	"package main", "func main() {}", "http.ListenAndServe(\":8080\", nil)", "import", "reverse_proxy /x/* web:3000", "location /y {", "proxy_pass http://api:80;", "docker run -p 1:2", "make dev", "dev:\n\t",
}

// names are what random files are called: those that somebody reads.
var names = []string{
	"package.json", "pnpm-workspace.yaml", "lerna.json", "nx.json", "project.json", "angular.json", "vite.config.ts", "webpack.config.js", "next.config.mjs", "nuxt.config.ts", "proxy.conf.json", "index.html", "server.js",
	"Procfile", "Procfile.dev", "Makefile", "justfile", "Taskfile.yml", "dev.sh", "turbo.json", ".env", ".env.example", "compose.yml", "docker-compose.dev.yml", "Caddyfile", "nginx.conf", "composer.json", "artisan", "deno.json",
	"go.mod", "main.go", "Cargo.toml", "Trunk.toml", "src/main.rs", "pyproject.toml", "requirements.txt", "manage.py", "main.py", "app.py", "uv.lock", "Gemfile", "bin/rails", "config/routes.rb", "config/puma.rb",
	"mix.exs", "config/dev.exs", "pom.xml", "mvnw", "build.gradle", "Web.csproj", "Properties/launchSettings.json", "src/main/resources/application.yml", "nodemon.json", "reflex.conf", "setupProxy.js", "src/setupProxy.js", "wrangler.toml",
}

var folders = []string{".", "web", "api", "apps/web", "apps/api", "packages/ui", "a b", "é", "[x]", "{port}", "node_modules/x", "src/Web/ClientApp"}

// sound are files that mean something, so that random trees lead somewhere.
var sound = map[string][]string{
	"package.json": {
		`{"name":"x","scripts":{"dev":"vite"}}`, `{"scripts":{"dev":"next dev -p 3000"}}`, `{"scripts":{"dev":"concurrently \"npm run a\" npm:b","a":"nodemon server.js","b":"vite --port 6000"}}`,
		`{"workspaces":["apps/*","web","api"],"scripts":{"dev":"turbo run dev"}}`, `{"scripts":{"start":"PORT=4000 react-scripts start"},"proxy":"http://localhost:8000"}`, `{"scripts":{"dev":"node server.js & vite & wait"}}`,
		`{"scripts":{"dev":"npm run dev"}}`, `{"scripts":{"dev":"run-p dev:*","dev:a":"echo '{port} {prot}' && vite","dev:b":"awk '{print $1}' | node server.js"}}`, `{"scripts":{"dev":"set PORT=3001 && react-scripts start"}}`,
	},
	"vite.config.ts":   {`export default {server:{port:3000,proxy:{'/api':'http://localhost:8000','^/(a|b)/.*':{target:process.env.X_Y,rewrite:p=>p}}}}`, `export default {server:{port:6000,https:true}}`},
	"Procfile.dev":     {"web: bin/rails s -p 3000\napi: python manage.py runserver\n", "env: x\ngateway: vite\na_b: node server.js\na-b: node server.js\n"},
	"compose.yml":      {"services:\n  db:\n    image: postgres\n  web:\n    build: ./web\n    ports: ['80:80']\n  celery:\n    build: .\n    command: celery worker\n"},
	"pyproject.toml":   {"[project]\ndependencies=['fastapi[standard]']\n", "[project]\ndependencies=['flask']\n"},
	"app.py":           {"app = Flask(__name__)\n"},
	"manage.py":        {"DJANGO_SETTINGS_MODULE"},
	"go.mod":           {"module example.test/{port}\n"},
	"main.go":          {"package main\n\nfunc main() {\n\thttp.ListenAndServe(\":6000\", nil)\n}\n", "package main\n//go:embed a[b\nfunc main() { flag.Int(\"port\", 3000, \"\"); http.ListenAndServe(x, nil) }\n"},
	"Cargo.toml":       {"[package]\nname='x {port}'\n[dependencies]\naxum='1'\n"},
	"src/main.rs":      {`var("PORT").unwrap_or(3000)`},
	"server.js":        {"app.listen(process.env.PORT || 3000)", "app.listen(6000)"},
	"index.html":       {""},
	"pom.xml":          {"<project><build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>"},
	"Gemfile":          {"gem \"rails\"\n"},
	"bin/rails":        {""},
	"Caddyfile":        {"reverse_proxy /api/* api:8000\nreverse_proxy /a*b/* web:1\nreverse_proxy /* web:3000\n"},
	".env":             {"A=${B}\n", "PORT=3000\nVITE_X=http://localhost:3000/a\n"},
	"composer.json":    {`{"scripts":{"dev":["@php artisan serve","npx concurrently \"php artisan serve\" \"npm run dev\""]}}`},
	"artisan":          {""},
	"Web.csproj":       {`<Project Sdk="Microsoft.NET.Sdk.Web"/>`},
	"Trunk.toml":       {"[[proxy]]\nbackend='http://localhost:8000/api'\n"},
	"deno.json":        {`{"tasks":{"dev":"deno run main.ts"}}`},
	"next.config.mjs":  {`export default {async rewrites(){return [{source:'/api/:path*',destination:'http://localhost:8000/api/:path*'}]}}`},
	"angular.json":     {`{"projects":{"x":{"architect":{"serve":{"options":{"port":4200,"ssl":true,"proxyConfig":"proxy.conf.json"}}}}}}`},
	"proxy.conf.json":  {`{"/api":{"target":"http://localhost:8000"}}`},
	"project.json":     {`{"name":"a","targets":{"serve":{"command":"vite --port 3000"}}}`},
	"Makefile":         {"dev:\n\tflask run --port 3000\n"},
	"justfile":         {"dev:\n  vite --port 6000\n"},
	"Taskfile.yml":     {"tasks: {dev: {cmds: ['bash dev.sh']}, run: {cmd: node server.js}}"},
	"dev.sh":           {"cd web\nbash ../dev.sh &\nexport A=$(x)\nf() { x; }\nnpm run dev &\nnode server.js\n", "heroku local -f Procfile.dev\n"},
	"requirements.txt": {"django\n", "fastapi\n"},
}

// Tree is a folder of sound and broken files.
// Three of four files are sound where the name has sound ones, and one of ten is cut off:
// broken trees are the rule of these tests, and empty findings are not worth testing.
func Tree(t *rapid.T) fstest.MapFS {
	fsys := fstest.MapFS{}
	for range rapid.IntRange(0, 14).Draw(t, "files") {
		name := rapid.SampledFrom(names).Draw(t, "name")
		dir := rapid.SampledFrom(folders).Draw(t, "folder")
		var text string
		if known := sound[name]; known != nil && rapid.IntRange(0, 3).Draw(t, "sound") > 0 {
			text = rapid.SampledFrom(known).Draw(t, "text")
		} else {
			text = strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 25).Draw(t, "pieces"), "")
		}
		if rapid.IntRange(0, 9).Draw(t, "cut") == 0 && len(text) > 0 {
			text = text[:rapid.IntRange(0, len(text)-1).Draw(t, "length")]
		}
		p := path.Join(dir, name)
		if !inFile(fsys, p) {
			fsys[p] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
		}
	}
	return fsys
}

// inFile reports whether a path leads through a file, or to a folder.
func inFile(fsys fstest.MapFS, p string) bool {
	for name := range fsys {
		if strings.HasPrefix(p, name+"/") || strings.HasPrefix(name, p+"/") {
			return true
		}
	}
	return false
}
