/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

// Exported root namespace
const $root = $protobuf.roots["health"] || ($protobuf.roots["health"] = {});

export const grpc = $root.grpc = (() => {

    /**
     * Namespace grpc.
     * @exports grpc
     * @namespace
     */
    const grpc = {};

    grpc.CheckRequest = (function() {

        /**
         * Properties of a CheckRequest.
         * @typedef {Object} grpc.CheckRequest.$Properties
         * @property {string|null} [service] CheckRequest service
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CheckRequest.
         * @memberof grpc
         * @interface ICheckRequest
         * @augments grpc.CheckRequest.$Properties
         * @deprecated Use grpc.CheckRequest.$Properties instead.
         */

        /**
         * Shape of a CheckRequest.
         * @typedef {grpc.CheckRequest.$Properties} grpc.CheckRequest.$Shape
         */

        /**
         * Constructs a new CheckRequest.
         * @memberof grpc
         * @classdesc Represents a CheckRequest.
         * @constructor
         * @param {grpc.CheckRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const CheckRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CheckRequest service.
         * @member {string} service
         * @memberof grpc.CheckRequest
         * @instance
         */
        CheckRequest.prototype.service = "";

        /**
         * Creates a new CheckRequest instance using the specified properties.
         * @function create
         * @memberof grpc.CheckRequest
         * @static
         * @param {grpc.CheckRequest.$Properties=} [properties] Properties to set
         * @returns {grpc.CheckRequest} CheckRequest instance
         * @type {{
         *   (properties: grpc.CheckRequest.$Shape): grpc.CheckRequest & grpc.CheckRequest.$Shape;
         *   (properties?: grpc.CheckRequest.$Properties): grpc.CheckRequest;
         * }}
         */
        CheckRequest.create = function(properties) {
            return new CheckRequest(properties);
        };

        /**
         * Encodes the specified CheckRequest message. Does not implicitly {@link grpc.CheckRequest.verify|verify} messages.
         * @function encode
         * @memberof grpc.CheckRequest
         * @static
         * @param {grpc.CheckRequest.$Properties} message CheckRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CheckRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.service != null && $Object.hasOwnProperty.call(message, "service") && message.service !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.service);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CheckRequest message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.CheckRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.CheckRequest & grpc.CheckRequest.$Shape} CheckRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CheckRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.CheckRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.service = value;
                        else
                            delete message.service;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for CheckRequest
         * @function getTypeUrl
         * @memberof grpc.CheckRequest
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        CheckRequest.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.CheckRequest";
        };

        return CheckRequest;
    })();

    grpc.HealthCheckResponse = (function() {

        /**
         * Properties of a HealthCheckResponse.
         * @typedef {Object} grpc.HealthCheckResponse.$Properties
         * @property {grpc.HealthCheckResponse.ServingStatus|null} [status] HealthCheckResponse status
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a HealthCheckResponse.
         * @memberof grpc
         * @interface IHealthCheckResponse
         * @augments grpc.HealthCheckResponse.$Properties
         * @deprecated Use grpc.HealthCheckResponse.$Properties instead.
         */

        /**
         * Shape of a HealthCheckResponse.
         * @typedef {grpc.HealthCheckResponse.$Properties} grpc.HealthCheckResponse.$Shape
         */

        /**
         * Constructs a new HealthCheckResponse.
         * @memberof grpc
         * @classdesc Represents a HealthCheckResponse.
         * @constructor
         * @param {grpc.HealthCheckResponse.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const HealthCheckResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * HealthCheckResponse status.
         * @member {grpc.HealthCheckResponse.ServingStatus} status
         * @memberof grpc.HealthCheckResponse
         * @instance
         */
        HealthCheckResponse.prototype.status = 0;

        /**
         * Creates a new HealthCheckResponse instance using the specified properties.
         * @function create
         * @memberof grpc.HealthCheckResponse
         * @static
         * @param {grpc.HealthCheckResponse.$Properties=} [properties] Properties to set
         * @returns {grpc.HealthCheckResponse} HealthCheckResponse instance
         * @type {{
         *   (properties: grpc.HealthCheckResponse.$Shape): grpc.HealthCheckResponse & grpc.HealthCheckResponse.$Shape;
         *   (properties?: grpc.HealthCheckResponse.$Properties): grpc.HealthCheckResponse;
         * }}
         */
        HealthCheckResponse.create = function(properties) {
            return new HealthCheckResponse(properties);
        };

        /**
         * Encodes the specified HealthCheckResponse message. Does not implicitly {@link grpc.HealthCheckResponse.verify|verify} messages.
         * @function encode
         * @memberof grpc.HealthCheckResponse
         * @static
         * @param {grpc.HealthCheckResponse.$Properties} message HealthCheckResponse message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        HealthCheckResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.status != null && $Object.hasOwnProperty.call(message, "status") && message.status !== 0)
                writer.uint32(/* id 1, wireType 0 =*/8).int32(message.status);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a HealthCheckResponse message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.HealthCheckResponse
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.HealthCheckResponse & grpc.HealthCheckResponse.$Shape} HealthCheckResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        HealthCheckResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.HealthCheckResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.status = value;
                        else
                            delete message.status;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for HealthCheckResponse
         * @function getTypeUrl
         * @memberof grpc.HealthCheckResponse
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        HealthCheckResponse.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.HealthCheckResponse";
        };

        /**
         * ServingStatus enum.
         * @name grpc.HealthCheckResponse.ServingStatus
         * @enum {number}
         * @property {number} UNKNOWN=0 UNKNOWN value
         * @property {number} SERVING=1 SERVING value
         * @property {number} NOT_SERVING=2 NOT_SERVING value
         */
        HealthCheckResponse.ServingStatus = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "UNKNOWN"] = 0;
            values[valuesById[1] = "SERVING"] = 1;
            values[valuesById[2] = "NOT_SERVING"] = 2;
            return values;
        })();

        return HealthCheckResponse;
    })();

    grpc.VersionCheckResponse = (function() {

        /**
         * Properties of a VersionCheckResponse.
         * @typedef {Object} grpc.VersionCheckResponse.$Properties
         * @property {string|null} [grpcVersion] VersionCheckResponse grpcVersion
         * @property {string|null} [agentVersion] VersionCheckResponse agentVersion
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a VersionCheckResponse.
         * @memberof grpc
         * @interface IVersionCheckResponse
         * @augments grpc.VersionCheckResponse.$Properties
         * @deprecated Use grpc.VersionCheckResponse.$Properties instead.
         */

        /**
         * Shape of a VersionCheckResponse.
         * @typedef {grpc.VersionCheckResponse.$Properties} grpc.VersionCheckResponse.$Shape
         */

        /**
         * Constructs a new VersionCheckResponse.
         * @memberof grpc
         * @classdesc Represents a VersionCheckResponse.
         * @constructor
         * @param {grpc.VersionCheckResponse.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const VersionCheckResponse = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * VersionCheckResponse grpcVersion.
         * @member {string} grpcVersion
         * @memberof grpc.VersionCheckResponse
         * @instance
         */
        VersionCheckResponse.prototype.grpcVersion = "";

        /**
         * VersionCheckResponse agentVersion.
         * @member {string} agentVersion
         * @memberof grpc.VersionCheckResponse
         * @instance
         */
        VersionCheckResponse.prototype.agentVersion = "";

        /**
         * Creates a new VersionCheckResponse instance using the specified properties.
         * @function create
         * @memberof grpc.VersionCheckResponse
         * @static
         * @param {grpc.VersionCheckResponse.$Properties=} [properties] Properties to set
         * @returns {grpc.VersionCheckResponse} VersionCheckResponse instance
         * @type {{
         *   (properties: grpc.VersionCheckResponse.$Shape): grpc.VersionCheckResponse & grpc.VersionCheckResponse.$Shape;
         *   (properties?: grpc.VersionCheckResponse.$Properties): grpc.VersionCheckResponse;
         * }}
         */
        VersionCheckResponse.create = function(properties) {
            return new VersionCheckResponse(properties);
        };

        /**
         * Encodes the specified VersionCheckResponse message. Does not implicitly {@link grpc.VersionCheckResponse.verify|verify} messages.
         * @function encode
         * @memberof grpc.VersionCheckResponse
         * @static
         * @param {grpc.VersionCheckResponse.$Properties} message VersionCheckResponse message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        VersionCheckResponse.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.grpcVersion != null && $Object.hasOwnProperty.call(message, "grpcVersion") && message.grpcVersion !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.grpcVersion);
            if (message.agentVersion != null && $Object.hasOwnProperty.call(message, "agentVersion") && message.agentVersion !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.agentVersion);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a VersionCheckResponse message from the specified reader or buffer.
         * @function decode
         * @memberof grpc.VersionCheckResponse
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {grpc.VersionCheckResponse & grpc.VersionCheckResponse.$Shape} VersionCheckResponse
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        VersionCheckResponse.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.grpc.VersionCheckResponse();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.grpcVersion = value;
                        else
                            delete message.grpcVersion;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.agentVersion = value;
                        else
                            delete message.agentVersion;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Gets the type url for VersionCheckResponse
         * @function getTypeUrl
         * @memberof grpc.VersionCheckResponse
         * @static
         * @param {string} [prefix] Custom type url prefix, defaults to `"type.googleapis.com"`
         * @returns {string} The type url
         */
        VersionCheckResponse.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/grpc.VersionCheckResponse";
        };

        return VersionCheckResponse;
    })();

    return grpc;
})();

export {
  $root as default
};
