package tool

import (
	"slices"

	"devgate/internal/detect/found"
)

// foreignTools are the programs that are installed beside node_modules.
// Ports are the defaults of each tool's documentation. Whatever installs them, they are
// found without a package manager of JavaScript, so a script around them can go.
func foreignTools() []*tool {
	all := slices.Concat(rubyTools(), pythonTools(), phpTools(), platformTools(), runtimeTools(), processTools())
	for _, t := range all {
		t.foreign = true
	}
	return all
}

// rails s reads $PORT and -p alike; puma and rackup are told by the flag, which
// beats what a puma.rb takes from the variable.
func rubyTools() []*tool {
	const p = "-p " + found.PortMark
	return []*tool{
		{calls: []string{"rails server", "rails s"}, kind: found.App, port: 3000, set: p, env: "PORT", look: (*Kit).lookRails},
		{calls: []string{"puma"}, kind: found.App, port: 9292, set: p, look: (*Kit).lookPuma},
		{calls: []string{"rackup"}, kind: found.App, port: 9292, set: p, look: (*Kit).lookRack},
		{calls: []string{"jekyll serve", "jekyll s"}, kind: found.Site, port: 4000, set: "--port " + found.PortMark},
		{calls: []string{"sidekiq", "good_job", "resque", "jobs"}, look: (*Kit).lookRubyWorker},
	}
}

// The servers have no common variable, so all are told by a flag. Django takes the number
// as an argument of runserver.
func pythonTools() []*tool {
	const port = "--port " + found.PortMark
	return []*tool{
		{calls: []string{"fastapi dev"}, kind: found.API, port: 8000, set: port, look: (*Kit).lookPython},
		{calls: []string{"uvicorn"}, kind: found.API, port: 8000, set: port, look: (*Kit).lookUvicorn},
		{calls: []string{"granian", "litestar run"}, kind: found.API, port: 8000, set: port, look: (*Kit).lookPython},
		// Of its -p the value is a file for its process number.
		{calls: []string{"hypercorn"}, kind: found.API, port: 8000, set: "-b 127.0.0.1:" + found.PortMark, flags: []string{"-b", "--bind"}, look: (*Kit).lookPython},
		{calls: []string{"gunicorn"}, kind: found.API, port: 8000, set: "-b 127.0.0.1:" + found.PortMark, flags: []string{"-b", "--bind"}, look: (*Kit).lookGunicorn},
		{calls: []string{"flask run", "quart run"}, kind: found.API, port: 5000, set: port, look: (*Kit).lookPython},
		{calls: []string{"celery", "dramatiq", "rq", "huey_consumer", "arq"}, look: (*Kit).lookPythonWorker},
		{calls: []string{"python", "python3", "manage.py"}, kind: found.API, port: 8000, set: found.PortMark, numbered: true, look: (*Kit).lookManage},
	}
}

func phpTools() []*tool {
	const port = "--port=" + found.PortMark
	return []*tool{
		{calls: []string{"php artisan"}, kind: found.App, port: 8000, set: port, flags: []string{"--port"}, look: (*Kit).lookArtisan},
		{calls: []string{"symfony serve", "symfony server:start"}, kind: found.App, port: 8000, set: port, flags: []string{"--port"}, look: (*Kit).lookSymfony},
		{calls: []string{"php"}, kind: found.App, port: 8000, flags: []string{"-S"}, look: (*Kit).lookPHP},
	}
}

// platformTools start what a build tool builds first.
// Those without "set" are told in a way of their own, which their look knows.
func platformTools() []*tool {
	return []*tool{
		{calls: []string{"mix phx.server", "iex phx.server"}, kind: found.App, port: 4000, look: (*Kit).lookPhoenix},
		{calls: []string{"dotnet run", "dotnet watch"}, kind: found.App, port: 5000, look: (*Kit).lookDotnet},
		{calls: []string{"mvnw", "mvn", "gradlew", "gradle"}, kind: found.App, port: 8080, look: (*Kit).lookJVM},
		{calls: []string{"go run"}, kind: found.API, look: (*Kit).lookGoRun},
		{calls: []string{"cargo run"}, kind: found.API, look: (*Kit).lookCargoRun},
		{calls: []string{"cargo leptos"}, kind: found.App, port: 3000, look: (*Kit).lookLeptos},
		{calls: []string{"trunk serve"}, kind: found.Page, port: 8080, set: "--port " + found.PortMark, look: (*Kit).lookTrunk},
	}
}

// runtimeTools run a program that says itself where it listens.
func runtimeTools() []*tool {
	return []*tool{
		{calls: []string{"deno run", "deno serve"}, kind: found.API, port: 8000, look: (*Kit).lookDeno},
		{calls: []string{"node", "tsx", "ts-node", "bun", "esno", "jiti", "vite-node", "babel-node"}, kind: found.API, look: (*Kit).lookRuntime},
		{calls: []string{"nodemon", "ts-node-dev", "tsnd", "node-dev"}, kind: found.API, look: (*Kit).lookRuntime},
	}
}

// processTools are the rest of what stands in a Procfile.
func processTools() []*tool {
	return []*tool{
		{calls: []string{"docker run", "docker container", "podman run"}, look: (*Kit).lookContainer},
		{calls: []string{"docker compose", "docker up", "docker-compose", "podman-compose"}, skip: "containers: devgate starts none by itself"},
		{calls: []string{"stripe listen"}, skip: "a tunnel to this machine", paste: true},
		{calls: []string{"redis-server", "valkey-server", "mailpit", "MailHog", "mailhog", "minio", "postgres", "mysqld", "mongod", "anycable-go"}, look: (*Kit).lookDaemon},
		{calls: []string{"caddy run", "nginx"}, skip: "a reverse proxy: devgate is one"},
	}
}
