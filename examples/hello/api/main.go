// Command api is the first of two backends: it answers with JSON under /api/ and
// says 404 to everything else, so that devgate asks the next one.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	// devgate says on which port to listen, and ends the program with SIGTERM.
	address := "127.0.0.1:" + os.Getenv("PORT")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/hello", hello)
	mux.HandleFunc("POST /api/echo", echo)
	mux.HandleFunc("GET /healthz", healthy)
	server := &http.Server{Addr: address, Handler: logged(mux)}

	// Once the signal has come, running requests get a moment to end.
	ended := make(chan error)
	go func() {
		<-ctx.Done()
		soon, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		ended <- server.Shutdown(soon)
	}()

	log.Printf("api listens on http://%s", address)
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		log.Fatal(err)
	}
	if err := <-ended; err != nil {
		log.Fatal(err)
	}
}

// hello greets whoever ?name= names.
func hello(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	if name == "" {
		name = "world"
	}
	writeJSON(w, map[string]any{"message": "hello, " + name, "from": "api"})
}

// echo answers with the JSON it was sent.
func echo(w http.ResponseWriter, r *http.Request) {
	var sent any
	if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	writeJSON(w, map[string]any{"sent": sent})
}

// healthy is what devgate asks before it sends requests here.
func healthy(w http.ResponseWriter, r *http.Request) {
	writeJSON(w, map[string]any{"ok": true})
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(value); err != nil {
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
