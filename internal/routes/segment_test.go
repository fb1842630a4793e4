package routes

import "testing"

func TestWhatNamesOneThingOfMany(t *testing.T) {
	for segment, want := range map[string]bool{
		"7": true, "a1b2c3d4e5f60718": true, "0b9f3c1e-9d1c-4c55-9f0e-3a1b2c3d4e5f": true, "01ARZ3NDEKTSV4RRFFQ69G5FAV": true,
		"ckl1x2y3z0000abcd1234efgh": true, "joe@example.com": true, "2026-11-29": true, "ABC-12": true, "V1StGXR8Z5jdHi6BmyT9": true,
		"": false, "users": false, "v1": false, "api2": false, "index-Diwr9Tda.js": false, "healthz": false, "facade": false, "oauth2-callback": false,
		"terms-and-conditions": false, "x.css": false, "@scope": false,
	} {
		if isID(segment) != want {
			t.Errorf("isID(%q) = %t", segment, !want)
		}
	}
}

func TestOnlyDevelopmentServersHaveThese(t *testing.T) {
	for path, want := range map[string]bool{
		"/@vite/client": true, "/@id/__x00__react": true, "/node_modules/.vite/deps/react.js": true, "/_next/static/webpack/1.hot-update.json": true,
		"/main.1.hot-update.js": true, "/assets/index.js.map": true, "/__nextjs_original-stack-frame": true, "/sockjs-node": true, "/.well-known/appspecific/com.x": true,
		"/": false, "/api": false, "/_next/static/chunks/main.js": false, "/nodes": false, "/.well-known/openid-configuration": false, "/src/App.tsx": false, "/@user": false,
	} {
		if IsDevOnly(path) != want {
			t.Errorf("IsDevOnly(%q) = %t", path, !want)
		}
	}
}

func TestShape(t *testing.T) {
	for path, want := range map[string]string{"/": "/", "/api/users/7": "/api/users/*", "/my%20docs/x": "/*/x", "/a%2Fb//c/": "/*//c/", "/%zz": "/%zz", "/%61pi": "/api"} {
		if got := Shape(path); got != want {
			t.Errorf("Shape(%q) = %q, want %q", path, got, want)
		}
	}
}
