// Command pages is the second backend: it renders pages under /pages/ and says
// 404 to everything else, so that devgate goes on to the files in public/.
package main

import (
	"context"
	"html/template"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{{.Title}}</title>
<link rel="stylesheet" href="/style.css">
<main>
  <h1>{{.Title}}</h1>
  <p>{{.Text}}</p>
  <p><a href="/">back</a></p>
</main>
</html>
`))

type content struct{ Title, Text string }

func main() {
	address := "127.0.0.1:" + os.Getenv("PORT")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	mux := http.NewServeMux()
	mux.HandleFunc("GET /pages/time", now)
	mux.HandleFunc("GET /pages/about", about)
	server := &http.Server{Addr: address, Handler: logged(mux)}

	ended := make(chan error)
	go func() {
		<-ctx.Done()
		soon, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		ended <- server.Shutdown(soon)
	}()

	log.Printf("pages listens on http://%s", address)
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		log.Fatal(err)
	}
	if err := <-ended; err != nil {
		log.Fatal(err)
	}
}

// now tells the time, which shows that a page is made anew for each request.
func now(w http.ResponseWriter, r *http.Request) {
	show(w, content{"What time is it?", time.Now().Format("15:04:05")})
}

func about(w http.ResponseWriter, r *http.Request) {
	show(w, content{"About", "This page comes from the second backend: the first one answered 404."})
}

func show(w http.ResponseWriter, c content) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := page.Execute(w, c); err != nil {
		log.Print(err)
	}
}

// logged writes a line for every request.
func logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		log.Printf("%s %s", r.Method, r.URL)
		next.ServeHTTP(w, r)
	})
}
