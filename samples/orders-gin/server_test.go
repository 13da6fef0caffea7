package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

func start(t *testing.T) (*gin.Engine, *health, *bytes.Buffer) {
	t.Helper()
	gin.SetMode(gin.TestMode)
	state := &health{}
	state.setReady(true)
	log := &bytes.Buffer{}
	return newRouter(newStore(func() time.Time { return time.Unix(0, 0) }), state, log), state, log
}

func ask(router *gin.Engine, method, path, body string) *httptest.ResponseRecorder {
	recorder := httptest.NewRecorder()
	router.ServeHTTP(recorder, httptest.NewRequest(method, path, strings.NewReader(body)))
	return recorder
}

const validOrder = `{"customer":"ada","items":[{"sku":"tea","quantity":2}]}`

func TestCreateValidOrderCanBeRead(t *testing.T) {
	router, _, _ := start(t)
	created := ask(router, http.MethodPost, "/orders", validOrder)
	if created.Code != http.StatusCreated || created.Header().Get("Location") != "/orders/1" {
		t.Fatalf("got %d, Location %q: %s", created.Code, created.Header().Get("Location"), created.Body)
	}
	var read order
	if err := json.Unmarshal(ask(router, http.MethodGet, "/orders/1", "").Body.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	if read.Customer != "ada" || len(read.Items) != 1 || read.Items[0].Quantity != 2 || read.Status != statusOpen {
		t.Fatalf("read back %+v", read)
	}
}

func TestCreateInvalidOrderIsRefused(t *testing.T) {
	for name, body := range map[string]string{
		"no JSON":       `{`,
		"no customer":   `{"items":[{"sku":"tea","quantity":1}]}`,
		"no items":      `{"customer":"ada","items":[]}`,
		"zero quantity": `{"customer":"ada","items":[{"sku":"tea","quantity":0}]}`,
		"too large":     `{"customer":"` + strings.Repeat("a", maxBody) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			router, _, _ := start(t)
			refused := ask(router, http.MethodPost, "/orders", body)
			if refused.Code != http.StatusBadRequest || refused.Header().Get("Content-Type") != "application/problem+json" {
				t.Fatalf("got %d %s", refused.Code, refused.Body)
			}
		})
	}
}

func TestListFiltersByStatusInOrder(t *testing.T) {
	router, _, _ := start(t)
	for i := 0; i < 11; i++ {
		ask(router, http.MethodPost, "/orders", validOrder)
	}
	ask(router, http.MethodPost, "/orders/2/cancel", "")
	var open struct{ Orders []order }
	if err := json.Unmarshal(ask(router, http.MethodGet, "/orders?status=open", "").Body.Bytes(), &open); err != nil {
		t.Fatal(err)
	}
	if len(open.Orders) != 10 || open.Orders[0].ID != "1" || open.Orders[1].ID != "3" || open.Orders[9].ID != "11" {
		t.Fatalf("got %+v", open.Orders)
	}
	if code := ask(router, http.MethodGet, "/orders?status=lost", "").Code; code != http.StatusBadRequest {
		t.Fatalf("unknown status: %d", code)
	}
}

func TestCancelTwiceIsAConflict(t *testing.T) {
	router, _, _ := start(t)
	ask(router, http.MethodPost, "/orders", validOrder)
	for i, want := range []int{http.StatusOK, http.StatusConflict} {
		if code := ask(router, http.MethodPost, "/orders/1/cancel", "").Code; code != want {
			t.Fatalf("cancel %d: got %d, want %d", i+1, code, want)
		}
	}
	if code := ask(router, http.MethodGet, "/orders/99", "").Code; code != http.StatusNotFound {
		t.Fatalf("unknown order: %d", code)
	}
}

func TestHealthFollowsReadiness(t *testing.T) {
	router, state, _ := start(t)
	if code := ask(router, http.MethodGet, "/health/ready", "").Code; code != http.StatusOK {
		t.Fatalf("ready: %d", code)
	}
	state.setReady(false)
	if code := ask(router, http.MethodGet, "/health/ready", "").Code; code != http.StatusServiceUnavailable {
		t.Fatalf("stopping: %d", code)
	}
	if code := ask(router, http.MethodGet, "/health/live", "").Code; code != http.StatusOK {
		t.Fatalf("live: %d", code)
	}
}

func TestStoppingAsksClientsForANewConnection(t *testing.T) {
	router, state, _ := start(t)
	if kept := ask(router, http.MethodGet, "/orders", "").Header().Get("Connection"); kept != "" {
		t.Fatalf("ready: Connection %q", kept)
	}
	state.setReady(false)
	ended := ask(router, http.MethodGet, "/orders", "")
	if ended.Code != http.StatusOK || ended.Header().Get("Connection") != "close" {
		t.Fatalf("stopping: %d, Connection %q", ended.Code, ended.Header().Get("Connection"))
	}
}

func TestAccessLogIsOneJSONObjectALine(t *testing.T) {
	router, _, log := start(t)
	ask(router, http.MethodGet, "/orders/7", "")
	var line accessLine
	if err := json.Unmarshal(log.Bytes(), &line); err != nil {
		t.Fatalf("%v: %s", err, log)
	}
	if line.Status != http.StatusNotFound || line.Path != "/orders/7" || line.Method != http.MethodGet {
		t.Fatalf("got %+v", line)
	}
}

func TestAddressComesFromTheEnvironment(t *testing.T) {
	t.Setenv("ADDR", "")
	t.Setenv("PORT", "9001")
	if address() != "127.0.0.1:9001" {
		t.Fatalf("got %s", address())
	}
	t.Setenv("ADDR", "127.0.0.1:9002")
	if address() != "127.0.0.1:9002" {
		t.Fatalf("got %s", address())
	}
}
