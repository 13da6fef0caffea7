// Orders is a small HTTP API that keeps orders in memory. It is the sample that MyApp ships.
package main

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/gin-gonic/gin"
)

// version is set by the linker (-X main.version=…).
var version string

const (
	// noticeTime is how long clients are told that their connection ends before idle ones are closed: a request that meets
	// the close of a kept connection is lost for most clients.
	noticeTime = time.Second
	// drainTime is how long requests that are being served may take after that.
	drainTime = 20 * time.Second
)

func main() {
	log.SetFlags(log.LstdFlags | log.LUTC)
	if os.Getenv(gin.EnvGinMode) == "" {
		gin.SetMode(gin.ReleaseMode)
	}
	if err := run(); err != nil {
		log.Fatalf("orders: %v", err)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	health := &health{}
	server := &http.Server{
		Handler:           newRouter(newStore(time.Now), health, os.Stdout),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		IdleTimeout:       60 * time.Second,
	}
	listener, err := net.Listen("tcp", address())
	if err != nil {
		return err
	}
	log.Printf("orders %s listens on %s", versionText(), listener.Addr())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	health.setReady(true)
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	return shutDown(server, health)
}

func shutDown(server *http.Server, health *health) error {
	log.Print("orders stops: finishing the requests being served")
	health.setReady(false)
	time.Sleep(noticeTime)
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	log.Print("orders has stopped")
	return nil
}

// address is ADDR, or PORT on the loopback, or 127.0.0.1:8080.
func address() string {
	if addr := os.Getenv("ADDR"); addr != "" {
		return addr
	}
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	return net.JoinHostPort("127.0.0.1", port)
}

// versionText is what the linker was given, or the commit that go build has seen, or "dev".
func versionText() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "vcs.revision" {
				return setting.Value
			}
		}
	}
	return "dev"
}
