// Kubernetes' own arithmetic, a line of JSON in and one out: a text as a quantity, or what the scheduler counts for a pod.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/big"
	"os"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	helpers "k8s.io/component-helpers/resource"
)

type question struct {
	Quantity *string `json:"quantity"`
	Pod      *v1.Pod `json:"pod"`
}

type answer struct {
	Error string `json:"error,omitempty"`
	// Billionths, as decimal digits.
	Billionths string            `json:"billionths,omitempty"`
	Requests   map[string]string `json:"requests,omitempty"`
	Limits     map[string]string `json:"limits,omitempty"`
}

func billionths(q resource.Quantity) string {
	dec := q.AsDec()
	value := new(big.Int).Set(dec.UnscaledBig())
	scale := int64(dec.Scale())
	if value.Sign() == 0 {
		return "0"
	}
	ten := big.NewInt(10)
	if scale <= 9 {
		return value.Mul(value, new(big.Int).Exp(ten, big.NewInt(9-scale), nil)).String()
	}
	return fmt.Sprintf("finer than a billionth: %s", dec)
}

func list(resources v1.ResourceList) map[string]string {
	texts := map[string]string{}
	for name, quantity := range resources {
		texts[string(name)] = billionths(quantity)
	}
	return texts
}

func reply(line []byte) answer {
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{Error: err.Error()}
	}
	if asked.Quantity != nil {
		quantity, err := resource.ParseQuantity(*asked.Quantity)
		if err != nil {
			return answer{Error: err.Error()}
		}
		return answer{Billionths: billionths(quantity)}
	}
	return answer{
		Requests: list(helpers.PodRequests(asked.Pod, helpers.PodResourcesOptions{})),
		Limits:   list(helpers.PodLimits(asked.Pod, helpers.PodResourcesOptions{})),
	}
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		if err := out.Encode(reply(in.Bytes())); err != nil {
			panic(err)
		}
	}
}
