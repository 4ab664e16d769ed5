/* Gives the C heap's free memory back to the kernel. See malloc_trim(3). */
#include <malloc.h>
#include <node_api.h>

/* trim() -> whether anything was given back */
static napi_value trim(napi_env env, napi_callback_info info) {
  (void)info;
#ifdef __GLIBC__
  int given = malloc_trim(0);
#else
  int given = 0; /* others keep no free memory worth the call */
#endif
  napi_value result;
  napi_get_boolean(env, given, &result);
  return result;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "trim", NAPI_AUTO_LENGTH, trim, NULL, &function);
  napi_set_named_property(env, exports, "trim", function);
  return exports;
}
